// SPDX-License-Identifier: Apache-2.0
// How long the list of files of a 7z is, before anybody reads it. libarchive keeps the whole list in memory,
// some twenty-five times its size, and the list may be compressed: a few KB would do for gigabytes.
#pragma once

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

// A name takes some 80 bytes of it: ten thousand files.
inline constexpr std::uint64_t kMax7zListBytes = 1ULL << 20;

// kLimit: the list is longer than kMax7zListBytes. kInvalid: no 7z, or one whose list cannot be understood.
// https://github.com/ip7z/7zip/blob/main/DOC/7zFormat.txt
Result<void> check_7z_list(const ByteSource& file);

}  // namespace modelward::fingerprint
