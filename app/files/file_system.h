#pragma once
/// Small questions to the file system, each with an error that names the path and what to do.
#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace fantascope {

/// Bytes that this user can still write to the file system that holds `path` (a file or a folder).
Result<std::uint64_t> free_space(const std::string& path);

/// Makes the folder and its missing parents; the last one gets mode 0700, also if it was there with wider rights.
Result<void> create_private_dir(const std::string& path);

/// Whole content; refused if larger than `max_bytes`. Regular files only.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);

/// Publishes a finished folder: fsync of every file and folder in it, rename (the target must not exist), fsync of the parent. Both
/// paths must be on one file system.
Result<void> publish_dir(const std::string& temp_path, const std::string& path);

/// fsync of a folder, which makes the names in it durable.
Result<void> sync_dir(const std::string& path);

/// Sentence for a failed system call on `path`: "cannot <action> <path>: <reason>", with the bytes needed and free if the disk is full.
Error file_error(const std::string& action, const std::string& path, int error_number, std::uint64_t bytes_needed = 0);

/// True for an error that comes from a full disk or quota, whoever reported it (file_error, the database, a library): such a job waits
/// for room instead of failing.
bool is_disk_full(const Error& error);

}  // namespace fantascope
