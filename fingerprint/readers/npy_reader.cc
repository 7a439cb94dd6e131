// SPDX-License-Identifier: Apache-2.0
// .npy files: a header (numpy/npy_header.h) and the data of one array. Several arrays saved to one file stand
// one behind the other.
#include <algorithm>

#include "fingerprint/readers/numpy/npy_header.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

bool claims(std::span<const std::uint8_t> head) {
    return head.size() >= kNpyMagic.size() && std::ranges::equal(head.first(kNpyMagic.size()), kNpyMagic);
}

Result<bool> another_follows(const ByteSource& source, std::uint64_t offset) {
    if (offset > source.size() || source.size() - offset < kNpyMagic.size()) return false;
    std::array<std::uint8_t, kNpyMagic.size()> magic{};
    if (auto read = source.read(offset, magic); !read) return fail(read.error());
    return claims(magic);
}

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "npy", .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    while (table.tensors.size() < kMaxTensors) {
        auto array = read_npy_header(cursor);
        if (!array) {
            if (table.tensors.empty()) return fail(array.error());
            note_defect(table, array.error());
            break;
        }
        const auto bytes = data_bytes(*array);
        const bool size_is_known = array->type.item_bytes != 0 && bytes.has_value();
        array->name = "array";
        add_numpy_array(table, std::move(*array));
        if (!size_is_known || *bytes > source.size() - cursor.position()) break;
        cursor.pass(*bytes);
        const auto more = another_follows(source, cursor.position());
        if (!more) return fail(more.error());
        if (!*more) break;
    }
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

}  // namespace

const Reader kNpyReader{"npy", claims, parse};

}  // namespace modelward::fingerprint
