// SPDX-License-Identifier: Apache-2.0
// The records of a zip archive, one function each. Numbers of 32 bits that are all ones stand for a number of
// 64 bits in the zip64 extra field. Errors go to the cursor.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fingerprint/readers/header_cursor.h"

namespace modelward::fingerprint {

inline constexpr std::uint32_t kZipLocalHeader = 0x04034B50;
inline constexpr std::uint32_t kZipDataDescriptor = 0x08074B50;
inline constexpr std::uint32_t kZipCentralEntry = 0x02014B50;
inline constexpr std::uint32_t kZipEnd = 0x06054B50;
inline constexpr std::uint32_t kZip64End = 0x06064B50;
inline constexpr std::uint32_t kZip64Locator = 0x07064B50;
inline constexpr std::uint64_t kZipEndBytes = 22;
inline constexpr std::uint64_t kZip64EndBytes = 56;
inline constexpr std::uint64_t kZip64LocatorBytes = 20;

// What a local header and an entry of the central directory both say of a member.
struct ZipEntry {
    std::string name;  // empty when it is longer than kMaxNameBytes
    std::uint16_t method = 0;
    std::uint64_t compressed_bytes = 0;
    std::uint64_t bytes = 0;
    bool sizes_follow = false;       // in a data descriptor behind the data; here they may be zero
    std::uint64_t local_header = 0;  // its offset
};

// Where the end records say that the central directory is.
struct ZipEnd {
    std::uint64_t entries;
    std::uint64_t directory_bytes;
    std::uint64_t directory;  // its offset
};

// All are called with the cursor behind the signature.
ZipEntry read_zip_local_header(HeaderCursor& cursor);  // ends at the member's data
ZipEntry read_zip_central_entry(HeaderCursor& cursor);
ZipEnd read_zip_end(HeaderCursor& cursor);
ZipEnd read_zip64_end(HeaderCursor& cursor);
std::uint64_t read_zip64_locator(HeaderCursor& cursor);  // offset of the zip64 end record

}  // namespace modelward::fingerprint
