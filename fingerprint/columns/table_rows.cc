// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/table_rows.h"

#include <algorithm>
#include <array>

#include "fingerprint/columns/arrow/arrow_rows.h"
#include "fingerprint/columns/parquet_rows.h"
#include "fingerprint/containers/unwrap.h"
#include "fingerprint/records/record_hash.h"

namespace modelward::fingerprint {
namespace {

struct TableFormat {
    std::string_view name;
    bool (*begins)(std::span<const std::uint8_t> head);
    Result<bool> (*is)(const ByteSource& source);
    Result<void> (*visit)(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                          std::vector<Unseen>& unseen);
};

constexpr std::array<TableFormat, 2> kTableFormats = {{
    {"parquet", begins_as_parquet, is_parquet, visit_parquet_rows},
    {"arrow", begins_as_arrow, is_arrow, visit_arrow_rows},
}};

}  // namespace

bool begins_as_table(std::span<const std::uint8_t> head) {
    return std::ranges::any_of(kTableFormats, [&](const TableFormat& format) { return format.begins(head); });
}

Result<std::string_view> table_format(const ByteSource& source) {
    for (const TableFormat& format : kTableFormats) {
        const auto is = format.is(source);
        if (!is) return fail(is.error());
        if (*is) return format.name;
    }
    return std::string_view();
}

Result<void> visit_table_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                              std::vector<Unseen>& unseen) {
    for (const TableFormat& format : kTableFormats) {
        const auto is = format.is(source);
        if (!is) return fail(is.error());
        if (!*is) continue;
        if (auto done = format.visit(source, allowance, visit, unseen); !done) return done;
    }
    return {};
}

Result<HashSample> sample_table_rows(const ByteSource& source, std::vector<Unseen>& unseen) {
    const CountingSource counted(source);
    Allowance allowance(limits_of(Depth::kFull), counted);
    HashSampler records;
    const auto done = visit_table_rows(
        counted, allowance, [&](std::string_view canonical) { add_record(records, canonical); }, unseen);
    if (!done) return fail(done.error());
    return records.take();
}

}  // namespace modelward::fingerprint
