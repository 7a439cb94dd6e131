// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include "fingerprint/columns/column.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kMostFixedBytes = 1 << 16;
constexpr std::int64_t kRepeated = 2;  // 0: required, 1: optional
constexpr std::uint64_t kMillis = 1'000, kMicros = 1'000'000, kNanos = 1'000'000'000;

struct Element {
    Column column;
    std::int64_t stored = -1;
    std::int64_t repetition = 0;
    std::int64_t children = 0;
};

// The older notation of what a column means.
void set_converted(Column& column, std::int64_t converted) {
    switch (converted) {
        case 5:
            column.meaning = Meaning::kDecimal;
            return;
        case 6:
            column.meaning = Meaning::kDate;
            return;
        case 7:
        case 8:
            column.meaning = Meaning::kTime;
            column.ticks = converted == 7 ? kMillis : kMicros;
            return;
        case 9:
        case 10:
            column.meaning = Meaning::kTimestamp;
            column.ticks = converted == 9 ? kMillis : kMicros;
            return;
        case 11:
        case 12:
        case 13:
        case 14:
            column.meaning = Meaning::kUnsigned;
            return;
        default:
            return;
    }
}

void read_time(ThriftCursor& thrift, Column& column) {
    thrift.fields([&](std::int64_t id, ThriftType type) {
        if (id == 1) return thrift.boolean(type, column.is_utc);
        if (id != 2 || type != ThriftType::kStruct) return false;
        thrift.fields([&](std::int64_t unit, ThriftType /*empty*/) {
            column.ticks = unit == 1 ? kMillis : unit == 2 ? kMicros : kNanos;
            return false;
        });
        return true;
    });
}

void read_logical(ThriftCursor& thrift, Column& column) {
    thrift.fields([&](std::int64_t id, ThriftType type) {
        if (type != ThriftType::kStruct) return false;
        switch (id) {
            case 5: {
                column.meaning = Meaning::kDecimal;
                std::int64_t scale = column.scale;
                thrift.fields(
                    [&](std::int64_t part, ThriftType of) { return part == 1 && thrift.integer(of, scale); });
                column.scale = static_cast<int>(std::clamp<std::int64_t>(scale, -1, 1 << 16));
                return true;
            }
            case 6:
                column.meaning = Meaning::kDate;
                return false;
            case 7:
            case 8:
                column.meaning = id == 7 ? Meaning::kTime : Meaning::kTimestamp;
                read_time(thrift, column);
                return true;
            case 10: {
                bool is_signed = true;
                thrift.fields([&](std::int64_t part, ThriftType of) {
                    return part == 2 && thrift.boolean(of, is_signed);
                });
                column.meaning = is_signed ? Meaning::kAsItIs : Meaning::kUnsigned;
                return true;
            }
            case 14:
                column.meaning = Meaning::kUuid;
                return false;
            case 15:
                column.meaning = Meaning::kHalfFloat;
                return false;
            default:
                return false;
        }
    });
}

Element read_element(ByteReader& bytes) {
    ThriftCursor thrift(bytes);
    Element element;
    std::int64_t fixed_bytes = 0, scale = 0, converted = -1;
    Column logical;
    bool has_logical = false;
    thrift.fields([&](std::int64_t id, ThriftType type) {
        switch (id) {
            case 1:
                return thrift.integer(type, element.stored);
            case 2:
                return thrift.integer(type, fixed_bytes);
            case 3:
                return thrift.integer(type, element.repetition);
            case 5:
                return thrift.integer(type, element.children);
            case 6:
                return thrift.integer(type, converted);
            case 7:
                return thrift.integer(type, scale);
            case 10:
                if (type != ThriftType::kStruct) return false;
                has_logical = true;
                read_logical(thrift, logical);
                return true;
            default:
                return false;
        }
    });
    Column& column = element.column;
    column.scale = static_cast<int>(std::clamp<std::int64_t>(scale, -1, 1 << 16));
    set_converted(column, converted);
    if (has_logical) column = logical;
    column.fixed_bytes =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(fixed_bytes, 0, kMostFixedBytes + 1));
    return element;
}

// The elements in their order, each of which says how many follow inside it.
class Reading {
  public:
    explicit Reading(ByteReader& bytes) : bytes_(bytes) {}

    void add(Element element) {
        close();
        if (open_.empty() && !schema_.nodes.empty())
            return bytes_.refuse(ErrorCode::kInvalid, "a schema of more than one tree");
        if (schema_.nodes.size() == kMostNodes || open_.size() > kMaxSchemaDepth)
            return bytes_.refuse(ErrorCode::kLimit, "a schema that is too large");
        const bool is_root = schema_.nodes.empty();
        Levels levels = is_root ? Levels{} : open_.back().levels;
        if (!is_root && element.repetition != 0) ++levels.definition;
        const bool is_repeated = !is_root && element.repetition == kRepeated;
        if (is_repeated) ++levels.repetition;
        if (element.repetition < 0 || element.repetition > kRepeated || element.children < 0)
            return bytes_.refuse(ErrorCode::kInvalid, "an impossible element of a schema");
        const bool is_column = element.stored >= 0 && element.children == 0 && !is_root;
        schema_.nodes.push_back({.is_column = is_column,
                                 .is_repeated = is_repeated,
                                 .repetition = levels.repetition,
                                 .column = static_cast<std::uint32_t>(schema_.columns.size()),
                                 .end = static_cast<std::uint32_t>(schema_.nodes.size() + 1)});
        if (is_column)
            add_column(element, levels);
        else
            open_.push_back({schema_.nodes.size() - 1, element.children, levels});
    }

    Result<Schema> take() {
        close();
        if (bytes_.ok() && (!open_.empty() || schema_.columns.empty()))
            bytes_.refuse(ErrorCode::kInvalid, "a schema that ends too early");
        if (!bytes_.ok()) return fail(bytes_.error());
        return std::move(schema_);
    }

  private:
    struct Levels {
        unsigned definition = 0, repetition = 0;
    };
    struct Open {
        std::size_t node;
        std::int64_t left;
        Levels levels;
    };

    // Ends the groups that are full, and counts what comes in the one that is not. Groups without columns
    // would be walked for each row, for nothing.
    void close() {
        while (!open_.empty() && open_.back().left == 0) {
            const std::size_t node = open_.back().node;
            const bool has_columns = schema_.nodes[node].column != schema_.columns.size();
            if (has_columns || node == 0)
                schema_.nodes[node].end = static_cast<std::uint32_t>(schema_.nodes.size());
            else
                schema_.nodes.resize(node);
            open_.pop_back();
        }
        if (!open_.empty()) --open_.back().left;
    }

    void add_column(Element& element, Levels levels) {
        if (schema_.columns.size() == kMostColumns)
            return bytes_.refuse(ErrorCode::kLimit, "more than " + std::to_string(kMostColumns) + " columns");
        if (element.stored > static_cast<std::int64_t>(StoredType::kFixedBytes))
            return bytes_.refuse(ErrorCode::kUnsupported, "a column of an unknown type");
        Column& column = element.column;
        column.stored = static_cast<StoredType>(element.stored);
        if (column.stored == StoredType::kFixedBytes &&
            (column.fixed_bytes == 0 || column.fixed_bytes > kMostFixedBytes))
            return bytes_.refuse(ErrorCode::kLimit, "a column of values of an impossible length");
        column.most_definition = levels.definition;
        column.most_repetition = levels.repetition;
        schema_.columns.push_back(column);
    }

    ByteReader& bytes_;
    Schema schema_;
    std::vector<Open> open_;
};

}  // namespace

std::uint32_t stored_bytes(const Column& column) {
    switch (column.stored) {
        case StoredType::kInt32:
        case StoredType::kFloat:
            return 4;
        case StoredType::kInt64:
        case StoredType::kDouble:
            return 8;
        case StoredType::kInt96:
            return 12;
        case StoredType::kFixedBytes:
            return column.fixed_bytes;
        case StoredType::kBoolean:
        case StoredType::kBytes:
            return 0;
    }
    return 0;
}

Result<Schema> read_schema(ByteReader& bytes) {
    Reading reading(bytes);
    ThriftCursor(bytes).elements([&](ThriftType type) {
        if (type != ThriftType::kStruct) return bytes.refuse(ErrorCode::kInvalid, "a schema of no elements");
        reading.add(read_element(bytes));
    });
    return reading.take();
}

}  // namespace modelward::fingerprint
