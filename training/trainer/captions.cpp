#include "training/trainer/captions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include "engine/text/tokenizer.h"
#include "engine/text/word_tokenizer.h"

namespace fantascope::training {

CaptionEncoder::CaptionEncoder() = default;
CaptionEncoder::~CaptionEncoder() = default;
CaptionEncoder::CaptionEncoder(CaptionEncoder&&) noexcept = default;

Result<CaptionEncoder> CaptionEncoder::create() {
  CaptionEncoder encoder;
  FANTASCOPE_TRY(encoder.json_, make_word_tokenizer(world::vocabulary()));
  FANTASCOPE_TRY(Tokenizer tokenizer, Tokenizer::parse(encoder.json_, "tokenizer.json"));
  encoder.tokenizer_ = std::make_unique<Tokenizer>(std::move(tokenizer));
  return encoder;
}

std::int64_t CaptionEncoder::vocab_size() const { return tokenizer_->vocabulary_size(); }

CaptionEncoder::Batch CaptionEncoder::encode(const std::vector<std::string>& captions, std::int64_t length) const {
  const auto rows = static_cast<std::int64_t>(captions.size());
  Batch batch{at::zeros({rows, length}, at::kLong), at::zeros({rows, length}, at::kLong)};
  auto* ids = batch.ids_BS.data_ptr<std::int64_t>();
  auto* mask = batch.mask_BS.data_ptr<std::int64_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto tokens = tokenizer_->encode(captions[static_cast<std::size_t>(row)], SpecialTokens::kAdd, static_cast<std::size_t>(length));
    FANTASCOPE_CHECK(tokens);  // captions are made of the tokenizer's own words
    const auto count = static_cast<std::int64_t>(tokens->size());
    for (std::int64_t i = 0; i < count; ++i) {
      ids[row * length + length - count + i] = (*tokens)[static_cast<std::size_t>(i)];
      mask[row * length + length - count + i] = 1;
    }
  }
  return batch;
}

std::vector<std::string> CaptionEncoder::draw(const std::vector<world::Scene>& scenes, double dropout, std::mt19937_64& random) {
  std::vector<std::string> captions;
  for (const auto& scene : scenes) {
    const bool drop = std::uniform_real_distribution<double>(0, 1)(random) < dropout;
    const std::uint64_t wording = random();
    captions.push_back(drop ? std::string() : world::caption(scene, wording));
  }
  return captions;
}

}  // namespace fantascope::training
