// SPDX-License-Identifier: Apache-2.0
// The kinds of wrapping that are looked into, and telling them by their first bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace modelward::fingerprint {

enum class Wrapping : std::uint8_t {
    kTar,
    kZip,
    k7z,
    kGzip,
    kBzip2,
    kXz,
    kZstd,
    kLz4,
    kBase64,
    kUuencode,
    kHex,
};

// "tar", "zip", "7z", "gzip", ...
std::string_view to_string(Wrapping wrapping);

// One stream inside, no list of entries: compression and text encodings.
bool is_single_stream(Wrapping wrapping);
bool is_text_encoding(Wrapping wrapping);

// How many bytes identify() wants to see.
inline constexpr std::size_t kWrappingHeadBytes = 4096;

// `head` is the first kWrappingHeadBytes bytes, or all of a smaller file. Binary formats are told by their
// magic numbers (a tar by its header's checksum, so that the oldest ones without a magic number count too),
// text encodings when all of the head is of their alphabet in lines of one length.
std::optional<Wrapping> identify_wrapping(std::span<const std::uint8_t> head);

}  // namespace modelward::fingerprint
