#include "models/ltx2/text_path.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/base/bounded_json.h"
#include "engine/base/json_fields.h"
#include "engine/runtime/torch_errors.h"
#include "engine/text/tokenizer.h"
#include "engine/text/unicode.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPromptBytes = 32 * 1024;
constexpr std::int64_t kMaxSequenceLength = 1 << 20;

/// The folder's tokenizer.json, or its tokenizer.model where it has nothing else.
Result<Tokenizer> open_tokenizer(const fs::path& folder) {
  std::error_code ignored;
  return Tokenizer::open((fs::is_directory(folder, ignored) ? folder : folder / "tokenizer.json").string());
}

/// What tokenizer_config.json and special_tokens_map.json add to tokenizer.json.
struct TokenizerSettings {
  std::optional<bool> add_bos_token;
  std::string bos_token = "<bos>", pad_token = "<pad>";
};

Result<TokenizerSettings> read_tokenizer_settings(const fs::path& folder) {
  TokenizerSettings settings;
  const fs::path path = folder / "tokenizer_config.json";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return settings;
  FANTASCOPE_TRY(const auto json, read_bounded_json(path.string()));
  JsonFields fields(json, path.string());
  if (fields.has("add_bos_token")) settings.add_bos_token = fields.flag("add_bos_token", {});
  // Old files hold the token as an object with its content.
  const auto token = [&](const char* key, std::string& target) {
    const bool is_object = json.is_object() && json.contains(key) && json[key].is_object();
    if (!is_object) {
      target = fields.word(key, target);
      return;
    }
    JsonFields inner(json[key], path.string() + ": " + key);
    target = inner.word("content", target);
    if (const auto status = inner.finish(); !status) fields.refuse(key, status.error().message);
  };
  token("bos_token", settings.bos_token);
  token("pad_token", settings.pad_token);
  FANTASCOPE_TRY_VOID(fields.finish());
  return settings;
}

}  // namespace

struct TextPath::Impl {
  std::optional<Tokenizer> tokenizer;
  std::optional<std::int32_t> bos_id;  // put in front where the tokenizer's own rules do not
  std::int32_t pad_id = 0;
  std::optional<TextEncoder> encoder;
  std::optional<TextConnectors> connectors;
  at::Device device = at::kCPU;

  Result<void> load_tokenizer(const fs::path& folder);
  Result<void> load_encoder(const ModelPart& part, const LoadTarget& target);
  Result<void> load_connectors(const ModelPart& part, const LoadTarget& target);
  Result<TextEmbeds> encode(const std::vector<std::vector<std::int64_t>>& ids, std::int64_t max_sequence_length, TextTrace* trace) const;
};

Result<void> TextPath::Impl::load_tokenizer(const fs::path& folder) {
  FANTASCOPE_TRY(tokenizer, open_tokenizer(folder));
  FANTASCOPE_TRY(const auto settings, read_tokenizer_settings(folder));
  pad_id = tokenizer->id_of(settings.pad_token).value_or(0);
  FANTASCOPE_TRY(const auto empty, tokenizer->encode(""));
  const auto bos = tokenizer->id_of(settings.bos_token);
  const bool has_bos = !empty.empty() && bos && empty.front() == *bos;
  if (settings.add_bos_token.value_or(false) && bos && !has_bos) bos_id = bos;
  return {};
}

Result<void> TextPath::Impl::load_encoder(const ModelPart& part, const LoadTarget& target) {
  const std::string& config_path = part.subject;
  FANTASCOPE_TRY(const auto config, TextEncoderConfig::from_json(part.config, config_path));
  if (tokenizer->vocabulary_size() > config.vocab_size) {
    return Error{ErrorCode::kMismatch,
                 tokenizer->subject() + ": token id " + std::to_string(tokenizer->vocabulary_size() - 1) + " ≥ vocabulary " +
                     std::to_string(config.vocab_size) + " of the text encoder",
                 config_path + ": vocab_size",
                 std::to_string(tokenizer->vocabulary_size()) + " tokens",
                 "at most " + std::to_string(config.vocab_size),
                 "Tokenizer and text encoder do not belong together: fetch both again."};
  }
  FANTASCOPE_TRY(const std::string prefix, find_text_encoder_prefix(part.weights));
  LoadedParameters parameters = part.parameters(target);
  encoder.emplace(ParameterScope(parameters, prefix), config);
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return {};
}

Result<void> TextPath::Impl::load_connectors(const ModelPart& part, const LoadTarget& target) {
  const std::string& config_path = part.subject;
  FANTASCOPE_TRY(const auto config, ConnectorsConfig::from_json(part.config, config_path));
  const auto mismatch = [&](const char* field, std::int64_t found, std::int64_t needed) {
    return Error{ErrorCode::kMismatch,       config_path + ": " + field + " does not fit the text encoder",
                 config_path + ": " + field, std::to_string(found),
                 std::to_string(needed),     "Connectors and text encoder do not belong together: fetch both again."};
  };
  if (config.caption_channels != encoder->config().hidden_size)
    return mismatch("caption_channels", config.caption_channels, encoder->config().hidden_size);
  if (config.text_proj_in_factor != encoder->config().num_layers + 1)
    return mismatch("text_proj_in_factor", config.text_proj_in_factor, encoder->config().num_layers + 1);
  LoadedParameters parameters = part.parameters(target);
  connectors.emplace(ParameterScope(parameters, ""), config);
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return {};
}

Result<TextPath> TextPath::load(const ModelFolder& folder, const LoadTarget& target) {
  return catch_torch_errors([&]() -> Result<TextPath> {
    auto impl = std::make_unique<Impl>();
    impl->device = target.device;
    FANTASCOPE_TRY_VOID(impl->load_tokenizer(folder.tokenizer_dir()));
    FANTASCOPE_TRY(const ModelPart encoder_part, folder.part("text_encoder"));
    FANTASCOPE_TRY_VOID(impl->load_encoder(encoder_part, target));
    FANTASCOPE_TRY(const ModelPart connectors_part, folder.part("connectors"));
    FANTASCOPE_TRY_VOID(impl->load_connectors(connectors_part, target));
    return TextPath(std::move(impl));
  });
}

Result<std::vector<std::int64_t>> TextPath::token_ids(const std::string& prompt, std::int64_t max_sequence_length) const {
  if (prompt.size() > kMaxPromptBytes) {
    return Error{ErrorCode::kInvalidArgument, "prompt: longer than 32 KiB", "prompt", std::to_string(prompt.size()) + " bytes",
                 "at most 32768 bytes",       "Shorten the prompt."};
  }
  const std::int64_t room = max_sequence_length - (impl_->bos_id ? 1 : 0);
  if (room < 1 || max_sequence_length > kMaxSequenceLength) {
    return Error{ErrorCode::kInvalidArgument,
                 "max_sequence_length: out of range",
                 "max_sequence_length",
                 std::to_string(max_sequence_length),
                 "2…1048576",
                 ""};
  }
  // Text is checked before it is cut: what strip looks at must be whole code points.
  if (const auto at = first_invalid_utf8(prompt)) {
    return Error{ErrorCode::kInvalidArgument, "prompt: not UTF-8 at byte " + std::to_string(*at), "prompt", "", "UTF-8",
                 "Type or paste it again."};
  }
  FANTASCOPE_TRY(const auto ids, impl_->tokenizer->encode(strip_like_python(prompt), SpecialTokens::kAdd, static_cast<std::size_t>(room)));
  std::vector<std::int64_t> wide;
  if (impl_->bos_id) wide.push_back(*impl_->bos_id);
  wide.insert(wide.end(), ids.begin(), ids.end());
  for (const auto id : wide) {
    if (id >= impl_->encoder->config().vocab_size) {
      return Error{ErrorCode::kMismatch,
                   "token id " + std::to_string(id) + " ≥ vocabulary " + std::to_string(impl_->encoder->config().vocab_size) +
                       " of the text encoder",
                   impl_->tokenizer->subject(),
                   "",
                   "",
                   "Tokenizer and text encoder do not belong together: fetch both again."};
    }
  }
  // A tokenizer without specials and an empty prompt: one padding token stands for it, so that there is a row to attend to.
  if (wide.empty()) wide.push_back(impl_->pad_id);
  return wide;
}

Result<TextEmbeds> TextPath::Impl::encode(const std::vector<std::vector<std::int64_t>>& ids, std::int64_t max_sequence_length,
                                          TextTrace* trace) const {
  const auto batch = static_cast<std::int64_t>(ids.size());
  std::int64_t longest = 0;
  std::int64_t shortest = max_sequence_length;
  for (const auto& row : ids) {
    longest = std::max(longest, static_cast<std::int64_t>(row.size()));
    shortest = std::min(shortest, static_cast<std::int64_t>(row.size()));
  }
  const auto whole = at::TensorOptions().dtype(at::kLong);
  at::Tensor all_ids = at::full({batch, max_sequence_length}, pad_id, whole);
  at::Tensor all_mask = at::zeros({batch, max_sequence_length}, whole);
  for (std::int64_t row = 0; row < batch; ++row) {
    const auto& tokens = ids[static_cast<std::size_t>(row)];
    const auto start = max_sequence_length - static_cast<std::int64_t>(tokens.size());
    std::copy(tokens.begin(), tokens.end(), all_ids.mutable_data_ptr<std::int64_t>() + row * max_sequence_length + start);
    all_mask.select(0, row).narrow(0, start, static_cast<std::int64_t>(tokens.size())).fill_(1);
  }
  const at::Tensor input_ids = all_ids.narrow(1, max_sequence_length - longest, longest).to(device);
  const at::Tensor mask = shortest == longest ? at::Tensor() : all_mask.narrow(1, max_sequence_length - longest, longest).to(device);
  const auto states = encoder->forward(input_ids, mask);
  if (trace != nullptr) *trace = {all_ids, all_mask, states};
  return connectors->forward(states, mask, max_sequence_length);
}

Result<TextEmbeds> TextPath::encode(const std::vector<std::string>& prompts, std::int64_t max_sequence_length, TextTrace* trace) const {
  if (prompts.empty()) return Error{ErrorCode::kInvalidArgument, "prompts: none given", "prompts", "", "at least one", ""};
  FANTASCOPE_TRY_VOID(impl_->connectors->check_length(max_sequence_length));
  std::vector<std::vector<std::int64_t>> ids;
  for (const auto& prompt : prompts) {
    FANTASCOPE_TRY(auto row, token_ids(prompt, max_sequence_length));
    ids.push_back(std::move(row));
  }
  return catch_torch_errors([&] { return impl_->encode(ids, max_sequence_length, trace); });
}

TextPath::TextPath(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TextPath::~TextPath() = default;
TextPath::TextPath(TextPath&&) noexcept = default;
TextPath& TextPath::operator=(TextPath&&) noexcept = default;

const Tokenizer& TextPath::tokenizer() const { return *impl_->tokenizer; }
const TextEncoder& TextPath::text_encoder() const { return *impl_->encoder; }
const TextConnectors& TextPath::connectors() const { return *impl_->connectors; }
}  // namespace fantascope::models::ltx2
