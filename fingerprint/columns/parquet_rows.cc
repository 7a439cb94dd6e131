// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/parquet_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fingerprint/columns/column_cursor.h"
#include "fingerprint/columns/file_metadata.h"
#include "fingerprint/columns/limited_source.h"
#include "fingerprint/columns/row_bands.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kMagicBytes = 4;

// Each row group by itself: what is wrong with it need not be with another.
Result<void> read_row_group(const ByteSource& source, const Schema& schema, const RowGroup& group,
                            Allowance& allowance, RecordWords& words, std::vector<Unseen>& unseen) {
    std::vector<ColumnCursor> cursors;
    cursors.reserve(schema.columns.size());
    std::vector<RowCursor*> of_bands;
    for (std::size_t i = 0; i < schema.columns.size(); ++i)
        of_bands.push_back(&cursors.emplace_back(source, schema.columns[i], group.columns[i], allowance));
    RowBands bands(schema, std::move(of_bands), allowance);
    auto read = bands.read(group.rows, words);
    words.end_record();
    if (bands.has_cut()) note(unseen, Unseen::kMemory);
    return read;
}

}  // namespace

bool begins_as_parquet(std::span<const std::uint8_t> head) {
    if (head.size() < kMagicBytes) return false;
    const std::string_view magic(reinterpret_cast<const char*>(head.data()), kMagicBytes);
    return magic == "PAR1" || magic == "PARE";
}

Result<bool> is_parquet(const ByteSource& source) {
    std::array<std::uint8_t, kMagicBytes> front{};
    if (source.size() < front.size()) return false;
    if (auto read = source.read(0, front); !read) return fail(read.error());
    if (begins_as_parquet(front)) return true;
    std::array<std::uint8_t, 2 * kMagicBytes> end{};  // the length of the metadata comes first
    if (source.size() < kMagicBytes + end.size()) return false;
    const std::uint64_t at = source.size() - end.size();
    if (auto read = source.read(at, end); !read) return fail(read.error());
    return begins_as_parquet(std::span(end).last(kMagicBytes)) &&
           load_le<std::uint32_t>(end.data()) <= at - kMagicBytes;
}

Result<void> visit_parquet_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                                std::vector<Unseen>& unseen) {
    const LimitedSource limited(source);
    RecordWords words(visit);
    bool has_ended = false;  // a limit of the whole
    const auto done =
        read_file_metadata(limited, [&](const Schema& schema, const RowGroup& group) -> Result<void> {
            if (group.error) {
                note(unseen, unseen_by(group.error->code()));
                return {};
            }
            auto read = read_row_group(limited, schema, group, allowance, words, unseen);
            if (read || read.error().code() == ErrorCode::kIo) return read;
            const bool is_limit = read.error().code() == ErrorCode::kLimit;
            note(unseen,
                 is_limit ? allowance.ended().value_or(Unseen::kMemory) : unseen_by(read.error().code()));
            has_ended = allowance.ended() || limited.is_used_up();
            return has_ended ? read : Result<void>();
        });
    if (done || has_ended) return {};
    if (done.error().code() == ErrorCode::kIo) return done;
    note(unseen,
         done.error().code() == ErrorCode::kLimit ? Unseen::kEntries : unseen_by(done.error().code()));
    return {};
}

}  // namespace modelward::fingerprint
