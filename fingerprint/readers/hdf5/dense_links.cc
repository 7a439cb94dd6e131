// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/btree_v2.h"
#include "fingerprint/readers/hdf5/fractal_heap.h"
#include "fingerprint/readers/hdf5/links.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kHasCreationIndex = 0x01;
constexpr std::uint64_t kHashBytes = 4;

}  // namespace

Result<void> read_dense_links(Hdf5File& file, const Hdf5Message& message, Hdf5Links& links) {
    Hdf5Cursor cursor = message.cursor(file);
    cursor.skip(1);
    const auto flags = cursor.number<std::uint8_t>();
    if ((flags & kHasCreationIndex) != 0) cursor.skip(8);
    const std::uint64_t heap_position = cursor.address();
    const std::uint64_t names = cursor.address();
    if (!cursor.ok()) return fail(cursor.error().with_context("link info"));
    if (heap_position == kUndefinedPosition || names == kUndefinedPosition) return {};
    const auto heap = FractalHeap::read(file, heap_position);
    if (!heap) return fail(heap.error());
    std::optional<Error> first;
    const auto walked = walk_btree_v2(
        file, BtreeV2Type::kLinkNames, names, kMaxTensors, [&](Hdf5Cursor record) -> Result<void> {
            record.skip(kHashBytes);
            const auto object = heap->find(record);
            const auto read = object ? read_link(Hdf5Cursor(file, object->position, object->bytes), links)
                                     : Result<void>(fail(object.error()));
            if (!read && !first) first = read.error();
            if (file.ended()) return fail(*file.ended());
            return {};
        });
    if (first) return fail(*first);
    return walked;
}

}  // namespace modelward::fingerprint
