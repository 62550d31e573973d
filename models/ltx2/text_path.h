#pragma once
/// Prompt to text embeddings: tokenizer, text encoder and connectors of a model folder in one.
/// Only real tokens are computed: padding is left out and comes back as registers. Immutable; encode() may run on several threads.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/weights/weights_in_use.h"
#include "models/ltx2/connectors.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/text_encoder.h"

namespace fantascope {
class Tokenizer;
}

namespace fantascope::models::ltx2 {

/// What happened on the way, for parity tables. S' is the longest prompt of the batch; shorter ones are padded on the left.
struct TextTrace {
  at::Tensor input_ids_BS, attention_mask_BS;  ///< int64, left-padded to max_sequence_length, as the reference pads
  std::vector<at::Tensor> hidden_BSD;          ///< [B,S',D] each: states of the last S' columns of the ids above
};

class TextPath {
 public:
  /// `dir` is the model folder with tokenizer/, text_encoder/ and connectors/. Types: kFloat or kBFloat16.
  static Result<TextPath> load(const ModelFolder& folder, const LoadTarget& target);
  ~TextPath();
  TextPath(TextPath&&) noexcept;
  TextPath& operator=(TextPath&&) noexcept;

  /// White space around a prompt does not count; a prompt longer than max_sequence_length loses its end. Fails on prompts over 32 KiB or
  /// not UTF-8, and on lengths that the registers do not divide.
  Result<TextEmbeds> encode(const std::vector<std::string>& prompts, std::int64_t max_sequence_length, TextTrace* trace = nullptr) const;
  /// Token ids of one prompt, with specials, without padding.
  Result<std::vector<std::int64_t>> token_ids(const std::string& prompt, std::int64_t max_sequence_length) const;

  const Tokenizer& tokenizer() const;
  const TextEncoder& text_encoder() const;
  const TextConnectors& connectors() const;

 private:
  struct Impl;
  explicit TextPath(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fantascope::models::ltx2
