#pragma once
/// Reads the header of a safetensors file (https://huggingface.co/docs/safetensors, checked against the reference reader's rules): sizes,
/// names and regions only, no tensor library. Everything is checked before anything is allocated from a number in the file.
/// Limits: header 100,000,000 bytes, 100,000 tensors, 8 dimensions, names of 1 KiB, JSON nested 4 deep; regions must cover the data
/// exactly, without hole or overlap; duplicate keys are refused.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;
inline constexpr std::size_t kMaxSafetensorsTensors = 100'000;
inline constexpr std::size_t kMaxSafetensorsDims = 8;
inline constexpr std::size_t kMaxSafetensorsNameBytes = 1024;
inline constexpr int kMaxSafetensorsDepth = 4;

enum class StoredType { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool, kF8E4M3, kF8E5M2 };
const char* stored_type_name(StoredType type);  ///< as in the file: "BF16"
std::uint64_t stored_type_bytes(StoredType type);

struct TensorEntry {
  std::string name;
  StoredType type = StoredType::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes from the start of the data
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;  ///< by `begin`
  std::map<std::string, std::string> metadata;
  std::uint64_t data_offset = 0;  ///< of the data in the file
};

/// What the first bytes of a file say it is, when that is something that is never loaded as weights: a pickle or a zip archive of pickles
/// (kUnsupported: "holds program code ..."), or a GGUF file. Success otherwise, also for nonsense.
Result<void> refuse_program_code(std::string_view first_bytes, const std::string& subject);

/// `prefix` is the start of the file, at least min(file_size, 8 + header length) bytes of it. `subject` names the file in errors.
Result<SafetensorsHeader> parse_safetensors_header(std::string_view prefix, std::uint64_t file_size, const std::string& subject);

}  // namespace fantascope
