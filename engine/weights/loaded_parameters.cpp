#include "engine/weights/loaded_parameters.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fantascope {
namespace {

constexpr std::size_t kMaxProblemsSpelledOut = 10;
constexpr std::size_t kLookWholeBytes = std::size_t{16} << 20;
constexpr std::size_t kLookEndBytes = std::size_t{64} << 10;

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

struct Look {
  bool not_finite = false, nonzero = false;
};

/// Infinity and NaN have all exponent bits set; looking at the bits alone is as fast as memory.
template <typename Bits>
Look look_at_bits(const char* data, std::size_t bytes, Bits exponent) {
  Look look;
  Bits any = 0;
  bool special = false;
  for (std::size_t at = 0; at + sizeof(Bits) <= bytes; at += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, data + at, sizeof(Bits));
    any = static_cast<Bits>(any | (bits << 1));  // the sign does not count: -0 is zero
    special |= (bits & exponent) == exponent;
  }
  look.not_finite = special;
  look.nonzero = any != 0;
  return look;
}

Look look_at_values(const char* data, std::size_t bytes, at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return look_at_bits<std::uint64_t>(data, bytes, 0x7FF0'0000'0000'0000u);
    case at::kFloat:
      return look_at_bits<std::uint32_t>(data, bytes, 0x7F80'0000u);
    case at::kHalf:
      return look_at_bits<std::uint16_t>(data, bytes, 0x7C00u);
    case at::kBFloat16:
      return look_at_bits<std::uint16_t>(data, bytes, 0x7F80u);
    default:
      return {.not_finite = false, .nonzero = true};
  }
}

}  // namespace

LoadedParameters::LoadedParameters(ShardedWeights weights, at::ScalarType dtype, at::Device device, KeyMap key_map)
    : weights_(std::move(weights)), dtype_(dtype), device_(device), key_map_(std::move(key_map)) {}

void LoadedParameters::look_at(const std::string& key, const at::Tensor& stored) {
  const auto* data = static_cast<const char*>(stored.const_data_ptr());
  const std::size_t bytes = stored.nbytes();
  if (bytes == 0) return;
  any_looked_at_ = true;
  Look look = look_at_values(data, bytes <= kLookWholeBytes ? bytes : kLookEndBytes, stored.scalar_type());
  if (bytes > kLookWholeBytes) {
    const Look end = look_at_values(data + bytes - kLookEndBytes, kLookEndBytes, stored.scalar_type());
    look.not_finite |= end.not_finite;
    look.nonzero |= end.nonzero;
  }
  if (look.not_finite) not_finite_.push_back(key);
  any_nonzero_ |= look.nonzero;
}

at::Tensor LoadedParameters::load(const std::string& name, const std::string& key, at::IntArrayRef shape) {
  used_.insert(key);
  const TensorEntry* entry = weights_.find(key);
  if (at::IntArrayRef(entry->shape) != shape) {
    problems_.push_back(name + " has shape " + shape_text(entry->shape) + " where the config says " + shape_text(shape));
    return {};
  }
  auto stored = weights_.view(key);
  if (!stored) {
    problems_.push_back(name + " cannot be read: " + stored.error().message);
    return {};
  }
  look_at(key, *stored);
  try {
    const bool convert = at::isFloatingType(stored->scalar_type()) && stored->scalar_type() != dtype_;
    return stored->to(device_, convert ? dtype_ : stored->scalar_type());
  } catch (const std::exception&) {  // LibTorch's way to say that there is no memory
    problems_.push_back(name + " does not fit in memory (" + std::to_string(stored->numel()) + " values)");
    return {};
  }
}

at::Tensor LoadedParameters::get(const std::string& name, at::IntArrayRef shape, Init) {
  const std::string key = key_map_ ? key_map_(name) : name;
  if (weights_.contains(key)) return load(name, key, shape);
  problems_.push_back(name + " is missing" + (key == name ? "" : " (called " + key + " in the file)"));
  return {};
}

at::Tensor LoadedParameters::get_optional(const std::string& name, at::IntArrayRef shape) {
  const std::string key = key_map_ ? key_map_(name) : name;
  return weights_.contains(key) ? load(name, key, shape) : at::Tensor();
}

Result<void> LoadedParameters::finish() const {
  FANTASCOPE_TRY_VOID(weights_.verify_unchanged());
  if (problems_.empty()) return {};
  std::string message = weights_.path() + ": the tensors do not fit the config: ";
  for (std::size_t i = 0; i < std::min(problems_.size(), kMaxProblemsSpelledOut); ++i) message += (i == 0 ? "" : "; ") + problems_[i];
  if (problems_.size() > kMaxProblemsSpelledOut) message += "; and " + std::to_string(problems_.size() - kMaxProblemsSpelledOut) + " more";
  return Error{ErrorCode::kMismatch,
               message,
               weights_.path(),
               std::to_string(problems_.size()) + " tensors missing or of another shape",
               "",
               "Check that config and weights belong together, or fetch the model again."};
}

std::vector<std::string> LoadedParameters::left_over() const {
  std::vector<std::string> names;
  for (auto& name : weights_.names()) {
    if (!used_.contains(name)) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> LoadedParameters::warnings() const {
  std::vector<std::string> lines;
  if (!not_finite_.empty()) {
    lines.push_back(weights_.path() + ": " + std::to_string(not_finite_.size()) + " tensors hold NaN or infinity, first " +
                    not_finite_.front());
  }
  if (any_looked_at_ && !any_nonzero_) lines.push_back(weights_.path() + ": all weights are zero");
  return lines;
}

}  // namespace fantascope
