// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/sorted_table.h"

#include <array>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMagic = 0xDB47'7524'8B80'FB57;
constexpr std::uint64_t kFooterBytes = 48;
constexpr std::uint64_t kNumberBytes = 4;   // of the places where keys are whole, and of how many there are
constexpr std::uint64_t kTrailerBytes = 5;  // behind a block: how it is compressed, and a checksum

struct Block {
    std::uint64_t begin;
    std::uint64_t bytes;
};

Block read_block(HeaderCursor& cursor) {
    const std::uint64_t begin = read_varint(cursor);
    return {begin, read_varint(cursor)};
}

std::unexpected<Error> broken(const std::string& what) {
    return fail(ErrorCode::kInvalid, "the table of the checkpoint " + what);
}

// Where the entries of the block end, and the list of places begins.
Result<std::uint64_t> end_of_entries(const ByteSource& source, Block block, std::uint64_t end) {
    if (block.begin > end || block.bytes > end - block.begin || block.bytes < kNumberBytes ||
        end - block.begin - block.bytes < kTrailerBytes)
        return broken("has a block outside of the file");
    std::array<std::uint8_t, kNumberBytes + 1> last{};
    const std::uint64_t block_end = block.begin + block.bytes;
    if (auto read = source.read(block_end - kNumberBytes, last); !read) return fail(read.error());
    if (last[kNumberBytes] != 0)
        return fail(ErrorCode::kUnsupported, "the table of the checkpoint is compressed");
    const std::uint64_t places = load_le<std::uint32_t>(last.data());
    if (places > (block.bytes - kNumberBytes) / kNumberBytes) return broken("has a block that is too short");
    return block_end - kNumberBytes - places * kNumberBytes;
}

Result<bool> each_in_block(const ByteSource& source, Block block, std::uint64_t file_end,
                           const UseEntry& use) {
    const auto end = end_of_entries(source, block, file_end);
    if (!end) return fail(end.error());
    HeaderCursor cursor(source, block.begin, *end);
    std::string key;
    while (cursor.ok() && !cursor.at_end()) {
        const std::uint64_t shared = read_varint(cursor);
        const std::uint64_t own = read_varint(cursor);
        const std::uint64_t bytes = read_varint(cursor);
        if (!cursor.ok()) break;
        if (shared > key.size()) return broken("has a key that goes on from none");
        if (own > kMaxNameBytes - shared)
            return fail(ErrorCode::kLimit, "a name in the checkpoint is too long");
        key.resize(shared);
        key += cursor.text(own);
        if (!cursor.ok()) break;
        if (bytes > *end - cursor.position()) return broken("has a value that ends beyond its block");
        const std::uint64_t value_end = cursor.position() + bytes;
        if (!use(cursor, key, value_end)) return false;
        if (cursor.ok()) cursor.skip(value_end - cursor.position());
    }
    if (!cursor.ok()) return fail(cursor.error());
    return true;
}

}  // namespace

Result<bool> is_sorted_table(const ByteSource& source, std::uint64_t end) {
    if (end < kFooterBytes) return false;
    std::array<std::uint8_t, sizeof(kMagic)> last{};
    if (auto read = source.read(end - last.size(), last); !read) return fail(read.error());
    return load_le<std::uint64_t>(last.data()) == kMagic;
}

Result<void> each_entry(const ByteSource& source, std::uint64_t end, const UseEntry& use) {
    if (end < kFooterBytes) return broken("is too short");
    HeaderCursor footer(source, end - kFooterBytes, end - sizeof(kMagic));
    read_block(footer);  // what is said of the table as a whole
    const Block index = read_block(footer);
    if (!footer.ok()) return fail(footer.error());
    std::uint64_t done = 0;
    std::optional<Error> error;
    const auto walked = each_in_block(source, index, end, [&](HeaderCursor& cursor, const auto&, auto) {
        const Block block = read_block(cursor);
        if (!cursor.ok()) return false;
        if (block.begin < done) {
            error = broken("has blocks that do not follow each other").error();
            return false;
        }
        done = block.begin + std::min(block.bytes, end);
        const auto goes_on = each_in_block(source, block, end, use);
        if (!goes_on) error = goes_on.error();
        return goes_on && *goes_on;
    });
    if (error) return fail(*error);
    if (!walked) return fail(walked.error());
    return {};
}

}  // namespace modelward::fingerprint
