// SPDX-License-Identifier: Apache-2.0
// Writes a file so that a reader sees the old content or the new, and after a failure the old.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/error.h"

namespace modelward::cli {

using Write = std::function<Result<void>(std::span<const std::uint8_t>)>;

// `content` hands the bytes to its argument, in order. The file lasts (fsync) when this returns; mode 0644
// less the umask. Errors carry the path.
Result<void> replace_file(const std::string& path, const std::function<Result<void>(const Write&)>& content);

}  // namespace modelward::cli
