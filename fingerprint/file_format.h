// SPDX-License-Identifier: Apache-2.0
// Constants of the .mwfp file, shared by its writer and its reader. docs/fingerprint-format.md describes it
// byte by byte.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/error.h"

namespace modelward::fingerprint {

inline constexpr std::array<std::uint8_t, 8> kFileMagic = {'M', 'W', 'F', 'P', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t kFileVersion = 1;
inline constexpr std::size_t kFileHeaderBytes = 16;     // magic, version, section count
inline constexpr std::size_t kSectionHeaderBytes = 16;  // tag, zero, length
inline constexpr std::size_t kFileTrailerBytes = 32;    // SHA-256 of all before it

constexpr std::uint32_t section_tag(const char (&name)[5]) {
    std::uint32_t tag = 0;
    for (int i = 3; i >= 0; --i)
        tag = tag << 8 | static_cast<std::uint8_t>(name[i]);
    return tag;
}
inline constexpr std::uint32_t kSourceSection = section_tag("FILE");
inline constexpr std::uint32_t kChunkSection = section_tag("CHNK");
inline constexpr std::uint32_t kTensorSection = section_tag("TENS");
inline constexpr std::uint32_t kVectorSection = section_tag("vecs");
inline constexpr std::uint32_t kRecordSection = section_tag("recs");
inline constexpr std::uint32_t kLandmarkSection = section_tag("lmks");

// A reader may skip sections whose tag starts with a lower-case letter, and must refuse other unknown ones.
constexpr bool may_skip_section(std::uint32_t tag) {
    return (tag & 0x20U) != 0;
}

inline constexpr std::size_t kMaxFormatName = 32;
inline constexpr std::size_t kChunkRecordBytes = 12;  // hash, length
inline constexpr std::size_t kLeastTensorRecordBytes =
    44;  // name length, flags, elements, sketch, empty name
inline constexpr std::uint16_t kEligibleFlag = 1;
inline constexpr std::size_t kVectorGroupBytes = 16;  // tensor, count, length
inline constexpr std::size_t kVectorRecordBytes = 16;

Result<std::array<std::uint8_t, kFileTrailerBytes>> file_digest(std::span<const std::uint8_t> bytes);

}  // namespace modelward::fingerprint
