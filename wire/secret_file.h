// SPDX-License-Identifier: Apache-2.0
// Small files that hold keys, certificates and sessions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace modelward::wire {

// Replaces `path` at once (a temporary beside it, fsync, rename), readable by the owner only. kIo.
Result<void> write_secret_file(const std::filesystem::path& path, std::string_view text);

// kNotFound, kIo, or kLimit when the file is longer than `limit`.
Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit = 1 << 20);

}  // namespace modelward::wire
