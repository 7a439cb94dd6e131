// SPDX-License-Identifier: Apache-2.0
// Constants of the index file (.mwix), shared by its writer and its reader. docs/index-format.md describes it
// byte by byte.
#pragma once

#include <array>
#include <cstdint>

namespace modelward::fingerprint {

inline constexpr std::array<std::uint8_t, 8> kIndexMagic = {'M', 'W', 'I', 'X', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t kIndexVersion = 2;
inline constexpr std::size_t kIndexSections = 9;
inline constexpr std::size_t kIndexAlignment = 64;

struct IndexHeader {
    std::array<std::uint8_t, 8> magic;
    std::uint32_t version;
    std::uint32_t zero;
    std::uint64_t bytes;  // of the file
    struct Section {
        std::uint64_t offset;
        std::uint64_t bytes;
    };
    // Artifacts, names, tensors and their directory, vectors and theirs, chunks, records, landmarks.
    std::array<Section, kIndexSections> sections;
};
static_assert(sizeof(IndexHeader) == 168);
inline constexpr std::size_t kIndexTrailerBytes = 32;  // SHA-256 of all before it

}  // namespace modelward::fingerprint
