// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/btree_v1.h"
#include "fingerprint/readers/hdf5/links.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kIsSoftLink = 2;  // type of an entry's cache

// Where the names are.
struct NameHeap {
    std::uint64_t position;
    std::uint64_t bytes;
};

Result<NameHeap> read_local_heap(Hdf5File& file, std::uint64_t position) {
    Hdf5Cursor cursor(file, position);
    cursor.signature("HEAP");
    cursor.skip(4);  // version, reserved
    NameHeap heap{};
    heap.bytes = cursor.length();
    cursor.length();  // free list
    heap.position = cursor.address();
    if (heap.position == kUndefinedPosition) cursor.refuse(ErrorCode::kInvalid, "a heap without data");
    if (!cursor.ok()) return fail(cursor.error().with_context("local heap"));
    return heap;
}

Result<std::string> name_at(Hdf5File& file, const NameHeap& heap, std::uint64_t offset) {
    Hdf5Cursor cursor(file, heap.position, heap.bytes);
    if (offset >= heap.bytes) cursor.refuse(ErrorCode::kInvalid, "a name is outside of its heap");
    cursor.skip(offset);
    std::string name = cursor.terminated_text();
    if (!cursor.ok()) return fail(cursor.error());
    return name;
}

Result<void> read_node(Hdf5File& file, std::uint64_t position, const NameHeap& heap, Hdf5Links& links) {
    Hdf5Cursor cursor(file, position);
    cursor.signature("SNOD");
    cursor.skip(2);  // version, reserved
    const auto symbols = cursor.number<std::uint16_t>();
    std::optional<Error> bad_name;
    for (std::uint16_t i = 0; i < symbols && cursor.ok(); ++i) {
        const std::uint64_t name_offset = cursor.length();
        const std::uint64_t header = cursor.address();
        const auto cached = cursor.number<std::uint32_t>();
        cursor.skip(4 + 16);
        if (!cursor.ok() || cached == kIsSoftLink || header == kUndefinedPosition) continue;
        if (links.hard.size() >= kMaxTensors) cursor.refuse(ErrorCode::kLimit, "a group has too many links");
        // A name that cannot be read does not hide the object, nor those that follow.
        const auto name = name_at(file, heap, name_offset);
        if (!name && !bad_name) bad_name = name.error();
        if (cursor.ok()) links.hard.push_back({name.value_or("unnamed"), header});
    }
    if (cursor.ok() && bad_name) return fail(bad_name->with_context("symbol table"));
    if (!cursor.ok()) return fail(cursor.error().with_context("symbol table"));
    return {};
}

}  // namespace

Result<void> read_symbol_table(Hdf5File& file, const Hdf5Message& message, Hdf5Links& links) {
    Hdf5Cursor cursor = message.cursor(file);
    const std::uint64_t tree = cursor.address();
    const std::uint64_t heap_position = cursor.address();
    if (!cursor.ok()) return fail(cursor.error());
    if (tree == kUndefinedPosition || heap_position == kUndefinedPosition) return {};
    const auto heap = read_local_heap(file, heap_position);
    if (!heap) return fail(heap.error());
    // A key says where a name is; the nodes do, too.
    return walk_btree_v1(
        file, BtreeV1Type::kGroup, file.length_bytes(), tree,
        [&](const Hdf5Cursor& /*key*/, std::uint64_t node) { return read_node(file, node, *heap, links); });
}

}  // namespace modelward::fingerprint
