#pragma once
/// How the process gives memory back to the system.

namespace fantascope {

/// Blocks of up to 32 MiB are reused instead of being mapped and cleared anew for every tensor: a sampling step frees and asks for the same
/// sizes again and again. For the whole process, once. What lies unused goes back with malloc_trim (a paused job does that).
void keep_freed_memory();

}  // namespace fantascope
