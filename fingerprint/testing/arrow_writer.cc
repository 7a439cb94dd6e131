// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/arrow_writer.h"

#include <zstd.h>

#include <algorithm>

#include "fingerprint/testing/flatbuffer_writer.h"

namespace modelward::fingerprint::testing {
namespace {

constexpr std::string_view kNoIdentifier("\0\0\0\0", 4);
constexpr std::uint64_t kVersion5 = 4;
constexpr std::uint64_t kMessageSchema = 1, kMessageDictionary = 2, kMessageBatch = 3;

void pad(Bytes& bytes) {
    bytes.resize((bytes.size() + 7) / 8 * 8);
}

std::size_t write_type(FlatbufferWriter& writer, const std::vector<ArrowParameter>& parameters) {
    std::vector<std::uint8_t> sizes;
    for (const ArrowParameter& parameter : parameters) {
        sizes.resize(std::max<std::size_t>(sizes.size(), parameter.index + 1U));
        sizes[parameter.index] = parameter.bytes;
    }
    const std::size_t table = writer.table(sizes);
    for (const ArrowParameter& parameter : parameters) {
        const std::size_t at = writer.field(table, parameter.index);
        if (parameter.text.empty())
            writer.set(at, parameter.value, parameter.bytes);
        else
            writer.point(at, writer.text(parameter.text));
    }
    return table;
}

std::size_t write_fields(FlatbufferWriter& writer, const std::vector<ArrowArray>& fields);

std::size_t write_keys(FlatbufferWriter& writer, std::string_view key, std::string_view value) {
    const std::size_t list = writer.vector(1, 4), pair = writer.table({4, 4});
    writer.point(list + 4, pair);
    writer.point(writer.field(pair, 0), writer.text(key));
    writer.point(writer.field(pair, 1), writer.text(value));
    return list;
}

std::size_t write_field(FlatbufferWriter& writer, const ArrowArray& field) {
    const auto offset = [](bool is_there) { return static_cast<std::uint8_t>(is_there ? 4 : 0); };
    const std::size_t table =
        writer.table({0, 1, 1, 4, offset(field.dictionary.has_value()), 4, offset(field.is_uuid)});
    writer.set(writer.field(table, 1), 1, 1);
    writer.set(writer.field(table, 2), static_cast<std::uint64_t>(field.type), 1);
    writer.point(writer.field(table, 3), write_type(writer, field.parameters));
    writer.point(writer.field(table, 5), write_fields(writer, field.children));
    if (field.is_uuid)
        writer.point(writer.field(table, 6), write_keys(writer, "ARROW:extension:name", "arrow.uuid"));
    if (field.dictionary) {
        const std::size_t encoding = writer.table({8, 4});
        writer.point(writer.field(table, 4), encoding);
        writer.set(writer.field(encoding, 0), *field.dictionary, 8);
        writer.point(writer.field(encoding, 1), write_type(writer, {{0, field.place_bits}, {1, 1, 1}}));
    }
    return table;
}

std::size_t write_fields(FlatbufferWriter& writer, const std::vector<ArrowArray>& fields) {
    const std::size_t list = writer.vector(static_cast<std::uint32_t>(fields.size()), 4);
    for (std::size_t i = 0; i < fields.size(); ++i)
        writer.point(list + 4 + 4 * i, write_field(writer, fields[i]));
    return list;
}

std::size_t write_schema(FlatbufferWriter& writer, const std::vector<ArrowArray>& fields,
                         std::uint16_t endianness) {
    const std::size_t table = writer.table({2, 4});
    writer.set(writer.field(table, 0), endianness, 2);
    writer.point(writer.field(table, 1), write_fields(writer, fields));
    return table;
}

// The message itself, whose header is to be pointed to.
std::size_t begin_message(FlatbufferWriter& writer, std::uint64_t kind, std::uint64_t body_bytes,
                          ArrowPacking packing = ArrowPacking::kNone) {
    const bool is_experiment = packing == ArrowPacking::kExperiment;
    const std::size_t table = writer.table({2, 1, 4, 8, static_cast<std::uint8_t>(is_experiment ? 4 : 0)});
    if (is_experiment)
        writer.point(writer.field(table, 4), write_keys(writer, "ARROW:experimental_compression", "zstd"));
    writer.point(0, table);
    writer.set(writer.field(table, 0), kVersion5, 2);
    writer.set(writer.field(table, 1), kind, 1);
    writer.set(writer.field(table, 3), body_bytes, 8);
    return writer.field(table, 2);
}

Bytes packed(const Bytes& buffer, ArrowPacking packing) {
    if (packing == ArrowPacking::kNone || packing == ArrowPacking::kExperiment || buffer.empty())
        return buffer;
    Bytes bytes;
    if (packing == ArrowPacking::kStored) {
        append_number(bytes, ~std::uint64_t{0});
        append(bytes, buffer);
        return bytes;
    }
    append_number(bytes, std::uint64_t{buffer.size()});
    if (packing == ArrowPacking::kLz4) {
        append(bytes, lz4_frame(buffer));
        return bytes;
    }
    Bytes frame(::ZSTD_compressBound(buffer.size()));
    frame.resize(::ZSTD_compress(frame.data(), frame.size(), buffer.data(), buffer.size(), 3));
    append(bytes, frame);
    return bytes;
}

// What a batch says of its fields, the outer ones first.
struct Batch {
    struct Pair {
        std::uint64_t first, second;
    };
    std::vector<Pair> fields, buffers;
    std::vector<std::uint64_t> view_buffers;
    Bytes body;

    void add(const ArrowArray& array, ArrowPacking packing) {
        fields.push_back({array.length, array.nulls});
        for (std::size_t i = 0; i < array.buffers.size(); ++i) {
            const Bytes bytes = packed(array.buffers[i], packing);
            if (i < array.claims.size())
                buffers.push_back({array.claims[i].begin, array.claims[i].bytes});
            else
                buffers.push_back({body.size(), bytes.size()});
            append(body, bytes);
            pad(body);
        }
        if (array.dictionary) return;
        if (array.type == ArrowType::kUtf8View || array.type == ArrowType::kBinaryView)
            view_buffers.push_back(array.buffers.size() - 2);
        for (const ArrowArray& child : array.children)
            add(child, packing);
    }
};

std::size_t write_pairs(FlatbufferWriter& writer, const std::vector<Batch::Pair>& pairs) {
    const std::size_t list = writer.vector(static_cast<std::uint32_t>(pairs.size()), 16);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        writer.set(list + 4 + 16 * i, pairs[i].first, 8);
        writer.set(list + 12 + 16 * i, pairs[i].second, 8);
    }
    return list;
}

std::size_t write_batch(FlatbufferWriter& writer, const Batch& batch, std::uint64_t rows,
                        ArrowPacking packing) {
    const bool is_packed = packing != ArrowPacking::kNone && packing != ArrowPacking::kExperiment;
    const std::size_t table = writer.table({8, 4, 4, static_cast<std::uint8_t>(is_packed ? 4 : 0), 4});
    writer.set(writer.field(table, 0), rows, 8);
    writer.point(writer.field(table, 1), write_pairs(writer, batch.fields));
    writer.point(writer.field(table, 2), write_pairs(writer, batch.buffers));
    if (is_packed)
        writer.point(writer.field(table, 3),
                     write_type(writer, {{0, packing == ArrowPacking::kZstd ? 1U : 0U, 1}, {1, 0, 1}}));
    const std::size_t views = writer.vector(static_cast<std::uint32_t>(batch.view_buffers.size()), 8);
    writer.point(writer.field(table, 4), views);
    for (std::size_t i = 0; i < batch.view_buffers.size(); ++i)
        writer.set(views + 4 + 8 * i, batch.view_buffers[i], 8);
    return table;
}

// Where it is: the message with what is in front of it, and the body.
struct Block {
    std::size_t begin, before_body, body;
};

Block put(Bytes& bytes, const ArrowPart& part) {
    const std::size_t begin = bytes.size();
    Bytes metadata = part.metadata;
    pad(metadata);
    append_number(bytes, std::uint32_t{0xFFFFFFFF});
    append_number(bytes, static_cast<std::uint32_t>(metadata.size()));
    append(bytes, metadata);
    const std::size_t before_body = bytes.size() - begin;
    append(bytes, part.body);
    return {begin, before_body, part.body.size()};
}

std::size_t write_blocks(FlatbufferWriter& writer, const std::vector<Block>& blocks) {
    const std::size_t list = writer.vector(static_cast<std::uint32_t>(blocks.size()), 24);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        writer.set(list + 4 + 24 * i, blocks[i].begin, 8);
        writer.set(list + 12 + 24 * i, blocks[i].before_body, 4);
        writer.set(list + 20 + 24 * i, blocks[i].body, 8);
    }
    return list;
}

}  // namespace

ArrowPart arrow_schema(const std::vector<ArrowArray>& fields, std::uint16_t endianness) {
    FlatbufferWriter writer(kNoIdentifier);
    const std::size_t header = begin_message(writer, kMessageSchema, 0);
    writer.point(header, write_schema(writer, fields, endianness));
    return {writer.bytes(), {}};
}

ArrowPart arrow_batch(const std::vector<ArrowArray>& fields, ArrowPacking packing) {
    return arrow_batch_of(fields.empty() ? 0 : fields[0].length, fields, packing);
}

ArrowPart arrow_batch_of(std::uint64_t rows, const std::vector<ArrowArray>& fields, ArrowPacking packing) {
    Batch batch;
    for (const ArrowArray& field : fields)
        batch.add(field, packing);
    FlatbufferWriter writer(kNoIdentifier);
    const std::size_t header = begin_message(writer, kMessageBatch, batch.body.size(), packing);
    writer.point(header, write_batch(writer, batch, rows, packing));
    return {writer.bytes(), batch.body};
}

ArrowPart arrow_dictionary(std::uint64_t id, const ArrowArray& values, bool is_delta, ArrowPacking packing) {
    Batch batch;
    batch.add(values, packing);
    FlatbufferWriter writer(kNoIdentifier);
    const std::size_t header = begin_message(writer, kMessageDictionary, batch.body.size());
    const std::size_t table = writer.table({8, 4, 1});
    writer.point(header, table);
    writer.set(writer.field(table, 0), id, 8);
    writer.set(writer.field(table, 2), is_delta ? 1 : 0, 1);
    writer.point(writer.field(table, 1), write_batch(writer, batch, values.length, packing));
    return {writer.bytes(), batch.body};
}

Bytes arrow_stream(const std::vector<ArrowPart>& parts) {
    Bytes bytes;
    for (const ArrowPart& part : parts)
        put(bytes, part);
    append_number(bytes, std::uint64_t{0xFFFFFFFF});  // and no length: the end
    return bytes;
}

Bytes arrow_file(const std::vector<ArrowArray>& fields, const std::vector<ArrowPart>& dictionaries,
                 const std::vector<ArrowPart>& batches) {
    Bytes bytes;
    append(bytes, "ARROW1");
    pad(bytes);
    put(bytes, arrow_schema(fields));
    std::vector<Block> of_dictionaries, of_batches;
    for (const ArrowPart& part : dictionaries)
        of_dictionaries.push_back(put(bytes, part));
    for (const ArrowPart& part : batches)
        of_batches.push_back(put(bytes, part));
    append_number(bytes, std::uint64_t{0xFFFFFFFF});
    FlatbufferWriter writer(kNoIdentifier);
    const std::size_t footer = writer.table({2, 4, 4, 4});
    writer.point(0, footer);
    writer.set(writer.field(footer, 0), kVersion5, 2);
    writer.point(writer.field(footer, 1), write_schema(writer, fields, 0));
    writer.point(writer.field(footer, 2), write_blocks(writer, of_dictionaries));
    writer.point(writer.field(footer, 3), write_blocks(writer, of_batches));
    append(bytes, writer.bytes());
    append_number(bytes, static_cast<std::uint32_t>(writer.size()));
    append(bytes, "ARROW1");
    return bytes;
}

}  // namespace modelward::fingerprint::testing
