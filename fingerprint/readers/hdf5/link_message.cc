// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/links.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kHasCreationOrder = 0x04;
constexpr std::uint8_t kHasType = 0x08;
constexpr std::uint8_t kHasCharacterSet = 0x10;

constexpr std::uint8_t kHard = 0;
constexpr std::uint8_t kSoft = 1;

}  // namespace

Result<void> read_link(Hdf5Cursor cursor, Hdf5Links& links) {
    if (cursor.number<std::uint8_t>() != 1)
        cursor.refuse(ErrorCode::kUnsupported, "a link of an unknown version");
    const auto flags = cursor.number<std::uint8_t>();
    const std::uint8_t type = (flags & kHasType) != 0 ? cursor.number<std::uint8_t>() : kHard;
    if ((flags & kHasCreationOrder) != 0) cursor.skip(8);
    if ((flags & kHasCharacterSet) != 0) cursor.skip(1);
    const std::uint64_t length = cursor.sized(std::size_t{1} << (flags & 3));
    std::string name = "unnamed";
    if (length > kMaxNameBytes)
        cursor.skip(length);
    else
        name = cursor.text(length);
    if (cursor.ok() && type == kSoft) return {};
    if (cursor.ok() && type != kHard) {
        links.has_external = true;  // or of a kind that a program defined
        return {};
    }
    const std::uint64_t header = cursor.address();
    if (links.hard.size() >= kMaxTensors) cursor.refuse(ErrorCode::kLimit, "a group has too many links");
    if (!cursor.ok()) return fail(cursor.error().with_context("link"));
    if (header != kUndefinedPosition) links.hard.push_back({std::move(name), header});
    return {};
}

}  // namespace modelward::fingerprint
