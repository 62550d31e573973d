#pragma once
#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace fantascope::media {

/// remux_mp4() with a known end of the sound, in samples of its own rate: a fragmented file does not keep the length of the last packet.
/// Negative: unknown.
Result<void> remux(const std::string& source, const std::string& path, std::int64_t audio_end);

}  // namespace fantascope::media
