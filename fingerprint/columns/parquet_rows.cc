// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/parquet_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fingerprint/columns/column_cursor.h"
#include "fingerprint/columns/file_metadata.h"
#include "fingerprint/columns/row_assembly.h"
#include "fingerprint/containers/unwrap.h"
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/records/record_hash.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::uint64_t kFirstBandRows = 256;
constexpr std::uint64_t kReadsGrace = 1 << 20;  // bytes, in which small files may be read more often

// Fails when the file is read again and again.
class LimitedSource final : public ByteSource {
  public:
    explicit LimitedSource(const ByteSource& source) : source_(source) {}
    std::uint64_t size() const override { return source_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        bytes_read_ += into.size();
        if (is_used_up())
            return fail(ErrorCode::kLimit, "the columns lie so that the file would be read too often");
        return source_.read(offset, into);
    }
    bool is_used_up() const { return bytes_read_ > kReadsGrace && bytes_read_ / kMostReads > size(); }

  private:
    const ByteSource& source_;
    mutable std::uint64_t bytes_read_ = 0;
};

class RowGroupReading {
  public:
    RowGroupReading(const ByteSource& source, const Schema& schema, const RowGroup& group,
                    Allowance& allowance)
        : schema_(schema), group_(group), allowance_(allowance), steps_{.allowance = allowance} {
        for (std::size_t i = 0; i < schema.columns.size(); ++i)
            cursors_.emplace_back(source, schema.columns[i], group.columns[i], allowance);
    }

    Result<void> read(RecordWords& words) {
        // A band that is too large costs decoding it again, so that the first ones are small.
        Excess excess = Excess::kRefused;  // other than for one row that is too long by itself
        for (std::uint64_t done = 0, most = kFirstBandRows; done < group_.rows;) {
            const std::uint64_t rows = std::min(most, group_.rows - done);
            const auto fits = read_band(rows, excess);
            if (!fits) return fail(fits.error());
            if (!*fits) {
                most = std::max<std::uint64_t>(rows / 2, 1);
                if (rows == 1) excess = Excess::kPassedOver;
                continue;
            }
            excess = Excess::kRefused;
            for (const std::string& row : rows_) {
                words.put_lines({reinterpret_cast<const std::uint8_t*>(row.data()), row.size()});
                words.end_record();
            }
            done += rows;
            const std::uint64_t that_fit =
                rows * (kMostBandBytes / 4 * 3) / (std::max(band_bytes_, largest_node_) + 1);
            most = std::clamp<std::uint64_t>(that_fit, 1, std::min(kMostBandRows, 4 * rows));
        }
        return {};
    }

    // Values or rows that were too long.
    bool has_cut() const { return std::ranges::any_of(cursors_, &ColumnCursor::has_cut); }

  private:
    using Excess = ColumnCursor::Excess;

    // False: so many rows are too much; nothing has happened.
    Result<bool> read_band(std::uint64_t rows, Excess excess) {
        std::vector<ColumnCursor::Place> places;
        for (const ColumnCursor& cursor : cursors_)
            places.push_back(cursor.place());
        if (!allowance_.has_memory()) return fail(ErrorCode::kLimit, "the columns need too much memory");
        rows_.clear();  // and not assign(), which keeps what each of them has grown to
        rows_.resize(rows);
        band_bytes_ = largest_node_ = 0;
        const std::uint32_t end = schema_.nodes.front().end;
        for (std::uint32_t node = 1; node < end; node = schema_.nodes[node].end) {
            const auto fits = read_node(node, excess);
            if (!fits) return fail(fits.error());
            if (*fits) continue;
            for (std::size_t i = 0; i < cursors_.size(); ++i)
                if (cursors_[i].place().left != places[i].left) go_back(cursors_[i], places[i]);
            return false;
        }
        return true;
    }

    // The columns of one field of the rows.
    Result<bool> read_node(std::uint32_t node, Excess excess) {
        const std::uint32_t behind = schema_.nodes[node].end;
        const std::size_t first = schema_.nodes[node].column;
        const std::size_t last =
            behind < schema_.nodes.size() ? schema_.nodes[behind].column : cursors_.size();
        // Of each node anew: columns that are long in different bands would keep the room for all of them.
        std::vector<Cells> node_cells(last - first);
        const std::size_t most = kMostBandBytes - (excess == Excess::kPassedOver ? band_bytes_ : 0);
        std::size_t bytes = 0;
        for (std::size_t column = first; column < last; ++column) {
            Cells& cells = node_cells[column - first];
            const auto fits = read_column(column, cells, most - bytes, excess);
            if (!fits || !*fits) return fits;
            bytes += cells.bytes();
        }
        largest_node_ = std::max(largest_node_, bytes);
        RowAssembly assembly(schema_, node, node_cells, steps_);
        for (std::string& row : rows_) {
            const std::size_t before = row.size();
            if (!assembly.append_row(row)) return fail(ErrorCode::kLimit, "too many decoded values");
            band_bytes_ += row.size() - before;
        }
        return band_bytes_ <= kMostBandBytes;
    }

    void go_back(ColumnCursor& cursor, const ColumnCursor::Place& place) {
        held_ -= std::min(held_, cursor.bytes());
        cursor.go_to(place);
        held_ += cursor.bytes();
    }

    Result<bool> read_column(std::size_t column, Cells& cells, std::size_t most, Excess excess) {
        ColumnCursor& cursor = cursors_[column];
        held_ -= std::min(held_, cursor.bytes());
        auto fits = cursor.read_rows(rows_.size(), cells, most, excess);
        if (held_ + cursor.bytes() > kMostHeldBytes) cursor.let_go();
        held_ += cursor.bytes();
        return fits;
    }

    const Schema& schema_;
    const RowGroup& group_;
    Allowance& allowance_;
    RowAssembly::Steps steps_;
    std::vector<ColumnCursor> cursors_;
    std::size_t held_ = 0;  // by cursors
    std::vector<std::string> rows_;
    std::size_t band_bytes_ = 0;    // of them
    std::size_t largest_node_ = 0;  // of a band: cells that are held at once
};

Unseen reason_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kDenied:
            return Unseen::kEncrypted;
        case ErrorCode::kUnsupported:
            return Unseen::kUnsupported;
        default:
            return Unseen::kCorrupt;
    }
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
                note(unseen, reason_of(group.error->code()));
                return {};
            }
            RowGroupReading reading(limited, schema, group, allowance);
            auto read = reading.read(words);
            words.end_record();
            if (reading.has_cut()) note(unseen, Unseen::kMemory);
            if (read || read.error().code() == ErrorCode::kIo) return read;
            // What is wrong with this row group need not be with another.
            const bool is_limit = read.error().code() == ErrorCode::kLimit;
            note(unseen,
                 is_limit ? allowance.ended().value_or(Unseen::kMemory) : reason_of(read.error().code()));
            has_ended = allowance.ended() || limited.is_used_up();
            return has_ended ? read : Result<void>();
        });
    if (done || has_ended) return {};
    if (done.error().code() == ErrorCode::kIo) return done;
    note(unseen,
         done.error().code() == ErrorCode::kLimit ? Unseen::kEntries : reason_of(done.error().code()));
    return {};
}

Result<HashSample> sample_parquet_rows(const ByteSource& source, std::vector<Unseen>& unseen) {
    const CountingSource counted(source);
    Allowance allowance(limits_of(Depth::kFull), counted);
    HashSampler records;
    const auto done = visit_parquet_rows(
        counted, allowance, [&](std::string_view canonical) { add_record(records, canonical); }, unseen);
    if (!done) return fail(done.error());
    return records.take();
}

}  // namespace modelward::fingerprint
