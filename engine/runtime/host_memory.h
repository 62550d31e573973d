#pragma once
/// The machine's memory, and how the process gives its own back.
#include <cstdint>

namespace fantascope {

/// Blocks of up to 32 MiB are reused instead of being mapped and cleared anew for every tensor: a sampling step frees and asks for the same
/// sizes again and again. For the whole process, once. What lies unused goes back with malloc_trim (a paused job does that).
void keep_freed_memory();

/// Bytes of the machine that the system manages.
std::uint64_t total_memory();

}  // namespace fantascope
