// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_schema.h"

#include "fingerprint/columns/arrow/arrow_types.h"

namespace modelward::fingerprint {
namespace {

class SchemaReading {
  public:
    explicit SchemaReading(const Flatbuffer& message) : message_(message) {}

    Result<ArrowSchema> read(std::uint64_t table) {
        if (number_in<std::uint16_t>(message_, table, 0, 0) != 0)
            return fail(ErrorCode::kUnsupported, "numbers with the highest byte first are not read");
        schema_.rows.nodes.push_back({.end = 1});
        if (auto done = read_fields(table, 1, std::nullopt, 0, 1); !done) return fail(done.error());
        schema_.rows.nodes.front().end = static_cast<std::uint32_t>(schema_.rows.nodes.size());
        return std::move(schema_);
    }

  private:
    // Those of the table whose index-th field they are. Tables may be shared, or lie inside themselves: each
    // counts as often as it is met.
    Result<void> read_fields(std::uint64_t table, std::uint16_t index, std::optional<std::uint32_t> parent,
                             unsigned repetition, int depth) {
        const auto at = message_.target(table, index);
        const auto fields = at ? message_.vector(*at, 4) : std::nullopt;
        if (message_.io_error()) return fail(*message_.io_error());
        if (at && !fields) return fail(ErrorCode::kInvalid, "fields that lie outside of their message");
        if (!fields) return {};
        if (depth > kMaxSchemaDepth) return fail(ErrorCode::kLimit, "fields inside each other too often");
        for (std::uint64_t i = 0; i < fields->count; ++i) {
            const auto field = message_.follow(fields->start + 4 * i);
            if (!field) return fail(ErrorCode::kInvalid, "a field that lies outside of its message");
            if (auto done = read_field(*field, parent, repetition, depth); !done) return done;
        }
        return {};
    }

    Result<void> read_field(std::uint64_t table, std::optional<std::uint32_t> parent, unsigned repetition,
                            int depth) {
        if (schema_.fields.size() == kMostNodes)
            return fail(ErrorCode::kLimit, "more than " + std::to_string(kMostNodes) + " fields");
        ArrowField field;
        if (auto done = read_arrow_type(message_, table, field); !done) return done;
        const auto at = static_cast<std::uint32_t>(schema_.fields.size());
        field.parent = parent.value_or(at);
        const bool has_inside = field.layout == ArrowLayout::kStruct || is_list(field.layout);
        if (const auto encoding = message_.target(table, 4))
            if (auto done = read_dictionary(*encoding, field, has_inside); !done) return done;
        const bool is_leaf = field.dictionary || !has_inside;
        const bool repeats = !is_leaf && is_list(field.layout);
        if (repeats) field.repetition = ++repetition;
        const std::size_t node = schema_.rows.nodes.size();
        schema_.rows.nodes.push_back({.is_column = is_leaf,
                                      .is_repeated = repeats,
                                      .repetition = repetition,
                                      .column = static_cast<std::uint32_t>(schema_.rows.columns.size()),
                                      .end = static_cast<std::uint32_t>(node + 1)});
        schema_.fields.push_back(field);
        if (is_leaf) return add_column(at, field, depth);
        if (auto done = read_fields(table, 5, at, repetition, depth + 1); !done) return done;
        return end_field(at, node, repeats);
    }

    Result<void> add_column(std::uint32_t at, const ArrowField& field, int depth) {
        if (schema_.rows.columns.size() == kMostColumns)
            return fail(ErrorCode::kLimit, "more than " + std::to_string(kMostColumns) + " columns");
        schema_.steps += static_cast<std::size_t>(depth);
        if (schema_.steps > kMostSteps) return fail(ErrorCode::kLimit, "too many columns too deep inside");
        schema_.rows.columns.push_back(field.column);
        schema_.of_columns.push_back(at);
        return {};
    }

    // What has no columns inside it would be walked for each row, for nothing.
    Result<void> end_field(std::uint32_t at, std::size_t node, bool is_of_lists) {
        auto& nodes = schema_.rows.nodes;
        std::size_t inside = 0;
        for (std::size_t i = at + 1; i < schema_.fields.size(); ++i)
            if (schema_.fields[i].parent == at) ++inside;
        if (is_of_lists && inside != 1)
            return fail(ErrorCode::kInvalid, "a list of " + std::to_string(inside) + " kinds of values");
        if (nodes[node].column == schema_.rows.columns.size())
            nodes.resize(node);
        else
            nodes[node].end = static_cast<std::uint32_t>(nodes.size());
        return {};
    }

    Result<void> read_dictionary(std::uint64_t encoding, ArrowField& field, bool has_inside) {
        ArrowField values = field;
        values.parent = 0;
        field.dictionary = static_cast<std::int64_t>(number_in<std::uint64_t>(message_, encoding, 0, 0));
        // One that two fields share is of one type.
        std::optional<ArrowField> known;
        if (!has_inside) known = values;
        schema_.dictionaries.try_emplace(*field.dictionary, known);
        return read_place_type(message_, message_.target(encoding, 1), field);
    }

    const Flatbuffer& message_;
    ArrowSchema schema_;
};

}  // namespace

bool is_list(ArrowLayout layout) {
    return layout == ArrowLayout::kList32 || layout == ArrowLayout::kList64 ||
           layout == ArrowLayout::kFixedList;
}

Result<ArrowSchema> read_arrow_schema(const Flatbuffer& message, std::uint64_t table) {
    return SchemaReading(message).read(table);
}

ArrowSchema schema_of_values(const ArrowField& field) {
    ArrowSchema schema;
    schema.fields = {field};
    schema.rows.columns = {field.column};
    schema.rows.nodes = {{.end = 2}, {.is_column = true, .column = 0, .end = 2}};
    schema.of_columns = {0};
    schema.steps = 1;
    return schema;
}

bool has_key(const Flatbuffer& message, std::uint64_t table, std::uint16_t index, std::string_view key,
             std::string_view value) {
    constexpr std::uint64_t kMostKeys = 64;
    const auto at = message.target(table, index);
    const auto pairs = at ? message.vector(*at, 4) : std::nullopt;
    for (std::uint64_t i = 0; pairs && i < std::min(pairs->count, kMostKeys); ++i) {
        const auto pair = message.follow(pairs->start + 4 * i);
        const auto name = pair ? message.target(*pair, 0) : std::nullopt;
        if (!name || message.text(*name) != key) continue;
        if (value.empty()) return true;
        const auto what = message.target(*pair, 1);
        return what && message.text(*what) == value;
    }
    return false;
}

}  // namespace modelward::fingerprint
