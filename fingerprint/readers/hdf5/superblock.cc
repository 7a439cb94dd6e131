// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/superblock.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kLeastUserBlock = 512;

// Versions 0 and 1; the cursor stands behind the version.
std::uint64_t read_old(Hdf5File& file, Hdf5Cursor& cursor, std::uint8_t version) {
    cursor.skip(4);
    const auto address_bytes = cursor.number<std::uint8_t>();
    const auto length_bytes = cursor.number<std::uint8_t>();
    if (!file.set_widths(address_bytes, length_bytes))
        cursor.refuse(ErrorCode::kUnsupported, "addresses of " + std::to_string(address_bytes) +
                                                   " and lengths of " + std::to_string(length_bytes) +
                                                   " bytes");
    cursor.skip(1 + 2 + 2 + 4);             // reserved, sizes of nodes, flags
    if (version == 1) cursor.skip(4);       // size of nodes, reserved
    cursor.skip(4 * file.address_bytes());  // base, free space, end of file, driver information
    cursor.skip(file.address_bytes());      // offset of the root group's name, which has none
    return cursor.address();
}

// Versions 2 and 3.
std::uint64_t read_new(Hdf5File& file, Hdf5Cursor& cursor) {
    const auto address_bytes = cursor.number<std::uint8_t>();
    const auto length_bytes = cursor.number<std::uint8_t>();
    if (!file.set_widths(address_bytes, length_bytes))
        cursor.refuse(ErrorCode::kUnsupported, "addresses of " + std::to_string(address_bytes) +
                                                   " and lengths of " + std::to_string(length_bytes) +
                                                   " bytes");
    cursor.skip(1);                         // flags
    cursor.skip(3 * file.address_bytes());  // base, extension, end of file
    return cursor.address();
}

}  // namespace

bool starts_with_hdf5_signature(std::span<const std::uint8_t> bytes) {
    return bytes.size() >= kHdf5Signature.size() &&
           std::ranges::equal(bytes.first(kHdf5Signature.size()), kHdf5Signature);
}

Result<std::optional<std::uint64_t>> find_superblock(const ByteSource& source) {
    for (std::uint64_t at = 0; at <= kMaxUserBlock; at = std::max(2 * at, kLeastUserBlock)) {
        std::array<std::uint8_t, kHdf5Signature.size()> bytes{};
        if (source.size() < at + bytes.size()) break;
        if (auto read = source.read(at, bytes); !read) return fail(read.error());
        if (starts_with_hdf5_signature(bytes)) return at;
    }
    return std::nullopt;
}

Result<std::uint64_t> read_superblock(Hdf5File& file, std::uint64_t position) {
    file.set_base(position);
    Hdf5Cursor cursor(file, position);
    cursor.skip(kHdf5Signature.size());
    const auto version = cursor.number<std::uint8_t>();
    if (version > 3)
        cursor.refuse(ErrorCode::kUnsupported,
                      "superblock version " + std::to_string(version) + "; 0 to 3 are read");
    const std::uint64_t root = version < 2 ? read_old(file, cursor, version) : read_new(file, cursor);
    if (root == kUndefinedPosition) cursor.refuse(ErrorCode::kInvalid, "there is no root group");
    if (!cursor.ok()) return fail(cursor.error());
    return root;
}

}  // namespace modelward::fingerprint
