// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/file_metadata.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "fingerprint/range_source.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMagicBytes = 4;
constexpr std::uint64_t kEndBytes = 4 + kMagicBytes;  // the length of the metadata, the magic number

// Where the metadata is. It must leave room for the magic number at the front.
Result<RangeSource> find_metadata(const ByteSource& source) {
    std::array<std::uint8_t, kEndBytes> end{};
    if (source.size() < kMagicBytes + kEndBytes)
        return fail(ErrorCode::kInvalid, "the file is too short to be Parquet");
    if (auto read = source.read(source.size() - kEndBytes, end); !read) return fail(read.error());
    const std::string_view magic(reinterpret_cast<const char*>(end.data()) + 4, kMagicBytes);
    if (magic == "PARE") return fail(ErrorCode::kDenied, "the file's metadata is encrypted");
    if (magic != "PAR1") return fail(ErrorCode::kInvalid, "the file does not end as Parquet does");
    const std::uint64_t length = load_le<std::uint32_t>(end.data());
    const std::uint64_t most = source.size() - kMagicBytes - kEndBytes;
    if (length > most)
        return fail(ErrorCode::kInvalid, "at byte " + std::to_string(source.size() - kEndBytes) +
                                             ": metadata of " + std::to_string(length) +
                                             " bytes; the file has room for " + std::to_string(most));
    return RangeSource(source, source.size() - kEndBytes - length, length);
}

class MetadataReading {
  public:
    MetadataReading(ByteReader& bytes, std::uint64_t file_bytes)
        : bytes_(bytes), thrift_(bytes), file_bytes_(file_bytes) {}

    Result<void> read(const RowGroupVisitor& visit) {
        std::optional<Schema> schema;
        Result<void> done;
        thrift_.fields([&](std::int64_t id, ThriftType type) {
            if (type != ThriftType::kList) return false;
            if (id == 2) {
                auto read = read_schema(bytes_);
                if (read) schema = std::move(*read);
                return true;
            }
            if (id != 4) return false;
            if (!schema) bytes_.refuse(ErrorCode::kInvalid, "row groups before the schema");
            thrift_.elements([&](ThriftType of) {
                const RowGroup group = read_row_group(of, schema->columns.size());
                if (bytes_.ok() && done) done = visit(*schema, group);
                if (!done) bytes_.refuse(done.error().code(), done.error().message());
            });
            return true;
        });
        if (!done) return done;
        if (!bytes_.ok()) return fail(bytes_.error());
        if (!schema) return fail(ErrorCode::kInvalid, "the file's metadata has no schema");
        return {};
    }

  private:
    RowGroup read_row_group(ThriftType type, std::size_t columns) {
        RowGroup group;
        if (type != ThriftType::kStruct) bytes_.refuse(ErrorCode::kInvalid, "a row group of the wrong type");
        std::int64_t rows = 0;
        thrift_.fields([&](std::int64_t id, ThriftType field) {
            if (id == 3) return thrift_.integer(field, rows);
            if (id != 1 || field != ThriftType::kList) return false;
            thrift_.elements([&](ThriftType of) {
                if (of != ThriftType::kStruct)
                    return bytes_.refuse(ErrorCode::kInvalid, "a column of the wrong type");
                const ColumnChunk chunk = read_column_chunk(group);
                if (group.columns.size() == columns)
                    return refuse(group, ErrorCode::kInvalid,
                                  "a row group with more columns than the schema");
                group.columns.push_back(chunk);
            });
            return true;
        });
        if (rows < 0 || group.columns.size() != columns)
            refuse(group, ErrorCode::kInvalid, "a row group without all of its columns");
        group.rows = static_cast<std::uint64_t>(rows);
        return group;
    }

    // Ends what is said of the row group; of the file it may be the only one that is wrong.
    void refuse(RowGroup& group, ErrorCode code, const std::string& what) const {
        if (!group.error)
            group.error.emplace(code, "at byte " + std::to_string(bytes_.position()) + ": " + what);
    }

    ColumnChunk read_column_chunk(RowGroup& group) {
        ColumnChunk chunk;
        bool is_here = false;
        thrift_.fields([&](std::int64_t id, ThriftType type) {
            if (id == 1 && type == ThriftType::kBinary) {
                const std::uint64_t length = bytes_.varint();
                if (length != 0) refuse(group, ErrorCode::kUnsupported, "a column that is in another file");
                bytes_.skip(length);
                return true;
            }
            if (id == 8) refuse(group, ErrorCode::kDenied, "an encrypted column");
            if (id != 3 || type != ThriftType::kStruct) return false;
            is_here = true;
            read_column_metadata(group, chunk);
            return true;
        });
        if (!is_here) refuse(group, ErrorCode::kInvalid, "a column without metadata");
        return chunk;
    }

    void read_column_metadata(RowGroup& group, ColumnChunk& chunk) {
        std::int64_t stored = -1, codec = -1, values = -1, packed = -1, data = -1, dictionary = 0;
        thrift_.fields([&](std::int64_t id, ThriftType type) {
            switch (id) {
                case 1:
                    return thrift_.integer(type, stored);
                case 4:
                    return thrift_.integer(type, codec);
                case 5:
                    return thrift_.integer(type, values);
                case 7:
                    return thrift_.integer(type, packed);
                case 9:
                    return thrift_.integer(type, data);
                case 11:
                    return thrift_.integer(type, dictionary);
                default:
                    return false;
            }
        });
        // Some writers say 0 where there is no dictionary.
        const std::int64_t begin = dictionary > 0 ? std::min(data, dictionary) : data;
        const auto file_bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(file_bytes_, INT64_MAX));
        if (stored < 0 || stored > 7 || codec < 0 || codec > 0xFF || values < 0 || begin < 0 || packed < 0 ||
            begin > file_bytes || packed > file_bytes - begin)
            return refuse(group, ErrorCode::kInvalid, "a column that is not inside the file");
        chunk = {.stored = static_cast<StoredType>(stored),
                 .codec = static_cast<PageCodec>(codec),
                 .begin = static_cast<std::uint64_t>(begin),
                 .end = static_cast<std::uint64_t>(begin + packed),
                 .values = static_cast<std::uint64_t>(values)};
    }

    ByteReader& bytes_;
    ThriftCursor thrift_;
    std::uint64_t file_bytes_;
};

}  // namespace

Result<void> read_file_metadata(const ByteSource& source, const RowGroupVisitor& visit) {
    const auto metadata = find_metadata(source);
    if (!metadata) return fail(metadata.error());
    SourceStream stream(*metadata);
    ByteReader bytes(stream, source.size() - kEndBytes - metadata->size());
    return MetadataReading(bytes, source.size()).read(visit);
}

}  // namespace modelward::fingerprint
