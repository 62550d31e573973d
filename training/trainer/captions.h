#pragma once
/// Captions of a batch as token ids, left-padded, by the shipped model's own tokenizer.
#include <ATen/core/Tensor.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "training/world/world.h"

namespace fantascope {
class Tokenizer;
}

namespace fantascope::training {

class CaptionEncoder {
 public:
  /// Makes the tokenizer of the world's whole vocabulary.
  static Result<CaptionEncoder> create();
  ~CaptionEncoder();
  CaptionEncoder(CaptionEncoder&&) noexcept;

  struct Batch {
    at::Tensor ids_BS, mask_BS;  ///< int64
  };
  /// Empty captions become the bare start token, as the empty negative prompt does.
  Batch encode(const std::vector<std::string>& captions, std::int64_t length) const;
  /// A wording for each scene; with probability `dropout` the empty one.
  static std::vector<std::string> draw(const std::vector<world::Scene>& scenes, double dropout, std::mt19937_64& random);
  const std::string& tokenizer_json() const { return json_; }
  std::int64_t vocab_size() const;

 private:
  CaptionEncoder();
  std::unique_ptr<Tokenizer> tokenizer_;
  std::string json_;
};

}  // namespace fantascope::training
