// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/dataset.h"

#include <algorithm>

#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/hdf5/data_layout.h"
#include "fingerprint/readers/hdf5/dataspace.h"
#include "fingerprint/readers/hdf5/datatype.h"
#include "fingerprint/readers/hdf5/filter_pipeline.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kIsCommitted = 2;  // kind of a shared message of version 3

const Hdf5Message* find(const std::vector<Hdf5Message>& messages, Hdf5MessageType type) {
    const auto found = std::ranges::find(messages, type, &Hdf5Message::type);
    return found == messages.end() ? nullptr : &*found;
}

// Of a message that says where the message is: in the object header of a named type.
// Specification: "IV.A.2.u. Shared Message" and its versions 1 to 3.
Result<std::uint64_t> shared_header(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    const auto kind = cursor.number<std::uint8_t>();
    if (version == 1) cursor.skip(6);
    const std::uint64_t header = cursor.address();
    if (version < 1 || version > 3 || (version == 3 && kind != kIsCommitted) || header == kUndefinedPosition)
        cursor.refuse(ErrorCode::kUnsupported, "a message is shared in an unknown way");
    if (!cursor.ok()) return fail(cursor.error());
    return header;
}

Result<Hdf5Type> type_of(Hdf5File& file, const Hdf5Message& message) {
    if (!message.is_shared) return read_datatype(message.cursor(file));
    const auto header = shared_header(message.cursor(file));
    if (!header) return fail(header.error());
    std::vector<Hdf5Message> messages;
    if (auto read = read_object_header(file, *header, messages); !read) return fail(read.error());
    const Hdf5Message* type = find(messages, Hdf5MessageType::kDatatype);
    if (type == nullptr || type->is_shared)
        return fail(ErrorCode::kInvalid, "a named type is none (at byte " + std::to_string(*header) + ")");
    return read_datatype(type->cursor(file));
}

Result<std::vector<ChunkFilter>> filters_of(Hdf5File& file, const std::vector<Hdf5Message>& messages) {
    const Hdf5Message* pipeline = find(messages, Hdf5MessageType::kFilterPipeline);
    if (pipeline == nullptr) return std::vector<ChunkFilter>{};
    if (pipeline->is_shared) return fail(ErrorCode::kUnsupported, "the filters are listed elsewhere");
    return read_filter_pipeline(pipeline->cursor(file));
}

}  // namespace

bool is_dataset(const std::vector<Hdf5Message>& messages) {
    return find(messages, Hdf5MessageType::kDataLayout) != nullptr;
}

Result<void> add_dataset(Hdf5File& file, const std::vector<Hdf5Message>& messages, const std::string& name,
                         Hdf5ChunkAllowance& allowance, TensorTable& table) {
    const Hdf5Message* type_message = find(messages, Hdf5MessageType::kDatatype);
    const Hdf5Message* space_message = find(messages, Hdf5MessageType::kDataspace);
    if (type_message == nullptr || space_message == nullptr)
        return fail(ErrorCode::kInvalid, "a dataset without a type or a shape");
    const auto type = type_of(file, *type_message);
    if (!type) return fail(type.error());
    if (type->is_text) return {};
    if (space_message->is_shared) return fail(ErrorCode::kUnsupported, "the shape is kept elsewhere");
    const auto space = read_dataspace(space_message->cursor(file));
    if (!space) return fail(space.error());
    if (!*space) return {};
    const std::vector<std::uint64_t>& shape = (*space)->shape;
    const auto layout = read_data_layout(find(messages, Hdf5MessageType::kDataLayout)->cursor(file));
    if (!layout) return fail(layout.error());
    if (!type->dtype) return fail(ErrorCode::kUnsupported, "the elements are of an unknown type");
    if (type->is_big_endian) return fail(ErrorCode::kUnsupported, "the elements are big-endian");
    if (find(messages, Hdf5MessageType::kExternalFiles) != nullptr)
        return fail(ErrorCode::kUnsupported, "the elements are in another file; look at that too");
    if (layout->layout_class == Hdf5LayoutClass::kVirtual)
        return fail(ErrorCode::kUnsupported, "the elements are those of other datasets");
    const auto extent = extent_of(*type->dtype, shape);
    if (!extent) return fail(ErrorCode::kInvalid, "the dataset is too large");
    if (extent->elements == 0) return {};
    if (layout->position == kUndefinedPosition) return {};
    if (layout->layout_class == Hdf5LayoutClass::kChunked) {
        if (layout->chunk.back() != type->bytes)
            return fail(ErrorCode::kInvalid, "chunks have elements of another size");
        auto filters = filters_of(file, messages);
        if (!filters) return fail(filters.error());
        // The library shuffles by the elements' size; another one would only cost time.
        for (const ChunkFilter& filter : *filters)
            if (filter.kind == ChunkFilter::Kind::kShuffle && filter.element_bytes != type->bytes)
                return fail(ErrorCode::kUnsupported,
                            "chunks are shuffled by another size than the elements'");
        auto chunks = read_chunk_index(file, *layout, **space, std::move(*filters), allowance);
        if (!chunks) return fail(chunks.error());
        if (!chunks->data) return {};
        table.tensors.push_back({name, *type->dtype, shape, extent->elements, chunks->first, 0,
                                 element_layout(std::move(*chunks->data))});
        return {};
    }
    if (layout->bytes < extent->bytes)
        return fail(ErrorCode::kInvalid, std::to_string(extent->bytes) +
                                             " bytes of elements do not fit into " +
                                             std::to_string(layout->bytes));
    table.tensors.push_back({name, *type->dtype, shape, extent->elements, layout->position, extent->bytes});
    return {};
}

}  // namespace modelward::fingerprint
