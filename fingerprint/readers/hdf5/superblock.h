// SPDX-License-Identifier: Apache-2.0
// Where an HDF5 file starts and what its root group is.
// HDF5 File Format Specification 3.0, "II.A. Disk Format: Level 0A - Format Signature and Superblock".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

inline constexpr std::array<std::uint8_t, 8> kHdf5Signature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};

// A user block of 512, 1024, 2048, ... bytes may precede the superblock; it is looked for up to here, which
// costs no more than a file's first pages. Behind more, the file is found as any model that begins inside
// another.
inline constexpr std::uint64_t kMaxUserBlock = 4096;

bool starts_with_hdf5_signature(std::span<const std::uint8_t> bytes);

// The position of the signature; nullopt when there is none. Errors are those of the source.
Result<std::optional<std::uint64_t>> find_superblock(const ByteSource& source);

// Reads the superblock at `position`, tells `file` the base address and the widths, and gives the position of
// the root group's object header. (The base address that is written there is not believed: a user block that
// was put in front of a finished file does not change it, and the library does not believe it either.)
Result<std::uint64_t> read_superblock(Hdf5File& file, std::uint64_t position);

}  // namespace modelward::fingerprint
