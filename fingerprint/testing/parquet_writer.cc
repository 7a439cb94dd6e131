// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/parquet_writer.h"

#include <algorithm>

namespace modelward::fingerprint::testing {
namespace {

constexpr unsigned kTrue = 1, kFalse = 2, kI64 = 6, kBinary = 8, kList = 9, kStruct = 12;

Bytes page_header(const PageSpec& page) {
    const auto packed = page.packed_bytes.value_or(static_cast<std::int64_t>(page.body.size()));
    ThriftWriter inside, header;
    inside.number(1, page.values);
    if (page.kind == 3)
        inside.number(2, 0)
            .number(3, page.values)
            .number(4, page.encoding)
            .number(5, page.definition_bytes)
            .number(6, page.repetition_bytes);
    else
        inside.number(2, page.encoding);
    if (page.kind == 0) inside.number(3, 3).number(4, 3);
    header.number(1, page.kind).number(2, 1 << 20).number(3, packed);
    return header.structure(page.kind == 0 ? 5 : page.kind == 2 ? 7 : 8, inside).finish();
}

ThriftWriter element(const ColumnSpec& column, std::size_t place) {
    ThriftWriter element;
    element.number(1, column.type);
    if (column.length != 0) element.number(2, column.length);
    element.number(3, column.repetition).text(4, "c" + std::to_string(place));
    if (column.converted >= 0) element.number(6, column.converted).number(7, column.scale);
    return element;
}

// Appends the column's pages to the file.
ThriftWriter column_chunk(const ColumnSpec& column, Bytes& file) {
    const std::size_t begin = file.size();
    std::int64_t values = 0;
    for (const PageSpec& page : column.pages) {
        append(file, page_header(page));
        append(file, page.body);
        if (page.kind != 2) values += page.values;
    }
    ThriftWriter metadata, chunk;
    metadata.number(1, column.type).number(4, column.codec);
    metadata.number(5, column.values >= 0 ? column.values : values);
    const bool is_beyond = column.defect == ChunkDefect::kBeyondTheFile;
    metadata.number(7, is_beyond ? 1LL << 50 : static_cast<std::int64_t>(file.size() - begin));
    metadata.number(9, static_cast<std::int64_t>(begin));
    if (column.defect == ChunkDefect::kInAnotherFile) chunk.text(1, "part-1.parquet");
    chunk.number(2, 0);
    if (column.defect != ChunkDefect::kNoMetadata) chunk.structure(3, metadata);
    if (column.defect == ChunkDefect::kEncrypted) chunk.structure(8, {});
    return chunk;
}

}  // namespace

Bytes varint(std::uint64_t value) {
    Bytes bytes;
    for (; value >= 0x80; value >>= 7)
        bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(value));
    return bytes;
}

void ThriftWriter::header(int id, unsigned type) {
    bytes_.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(id - last_) << 4 | type));
    last_ = id;
}

ThriftWriter& ThriftWriter::number(int id, std::int64_t value) {
    header(id, kI64);
    append(bytes_, varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63)));
    return *this;
}

ThriftWriter& ThriftWriter::text(int id, std::string_view value) {
    header(id, kBinary);
    append(bytes_, varint(value.size()));
    append(bytes_, value);
    return *this;
}

ThriftWriter& ThriftWriter::structure(int id, const ThriftWriter& inside) {
    header(id, kStruct);
    append(bytes_, inside.finish());
    return *this;
}

ThriftWriter& ThriftWriter::structures(int id, const std::vector<ThriftWriter>& list) {
    header(id, kList);
    bytes_.push_back(0xF0 | kStruct);
    append(bytes_, varint(list.size()));
    for (const ThriftWriter& one : list)
        append(bytes_, one.finish());
    return *this;
}

ThriftWriter& ThriftWriter::boolean(int id, bool value) {
    header(id, value ? kTrue : kFalse);
    return *this;
}

Bytes ThriftWriter::finish() const {
    Bytes bytes = bytes_;
    bytes.push_back(0);
    return bytes;
}

Bytes parquet_file(const std::vector<ColumnSpec>& columns, std::int64_t rows, Nesting nesting) {
    return parquet_file(std::vector<GroupSpec>{{.columns = columns, .rows = rows}}, nesting);
}

Bytes parquet_file(const std::vector<GroupSpec>& groups, Nesting nesting) {
    Bytes file;
    append(file, "PAR1");
    const std::vector<ColumnSpec>& columns = groups.front().columns;
    std::vector<ThriftWriter> schema(nesting == Nesting::kOneStructure ? 2 : 1), written;
    if (nesting == Nesting::kOneStructure) schema[0].text(4, "rows").number(5, 1);
    schema.back().number(3, 0).text(4, "of").number(5, static_cast<std::int64_t>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i)
        schema.push_back(element(columns[i], i + 1));
    std::int64_t rows = 0;
    for (const GroupSpec& group : groups) {
        std::vector<ThriftWriter> chunks;
        for (const ColumnSpec& column : group.columns)
            chunks.push_back(column_chunk(column, file));
        written.push_back(ThriftWriter().structures(1, chunks).number(3, group.rows));
        rows += group.rows;
    }
    ThriftWriter metadata;
    const Bytes end =
        metadata.number(1, 1).structures(2, schema).number(3, rows).structures(4, written).finish();
    append(file, end);
    append_number(file, static_cast<std::uint32_t>(end.size()));
    append(file, "PAR1");
    return file;
}

PageSpec plain_texts(const std::vector<std::string>& texts) {
    PageSpec page{.values = static_cast<std::int64_t>(texts.size())};
    for (const std::string& text : texts) {
        append_number(page.body, static_cast<std::uint32_t>(text.size()));
        append(page.body, text);
    }
    return page;
}

PageSpec plain_integers(const std::vector<std::uint64_t>& numbers) {
    PageSpec page{.values = static_cast<std::int64_t>(numbers.size())};
    for (const std::uint64_t number : numbers)
        append_number(page.body, number);
    return page;
}

Bytes snappy_literal(const Bytes& bytes) {
    Bytes packed = varint(bytes.size());
    packed.push_back(62 << 2);  // a length of three bytes
    for (int i = 0; i < 3; ++i)
        packed.push_back(static_cast<std::uint8_t>((bytes.size() - 1) >> (8 * i)));
    append(packed, bytes);
    return packed;
}

Bytes lz4_literal(const Bytes& bytes) {
    constexpr std::size_t kInToken = 15;
    Bytes packed{static_cast<std::uint8_t>(std::min(bytes.size(), kInToken) << 4)};
    if (bytes.size() >= kInToken) {
        const std::size_t more = bytes.size() - kInToken;
        packed.insert(packed.end(), more / 255, 255);
        packed.push_back(static_cast<std::uint8_t>(more % 255));
    }
    append(packed, bytes);
    return packed;
}

}  // namespace modelward::fingerprint::testing
