// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/row_bands.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kFirstBandRows = 256;

}  // namespace

Result<void> RowBands::read(std::uint64_t rows, RecordWords& words) {
    // A band that is too large costs decoding it again, so that the first ones are small.
    Excess excess = Excess::kRefused;  // other than for one row that is too long by itself
    for (std::uint64_t done = 0, most = kFirstBandRows; done < rows;) {
        const std::uint64_t next = std::min(most, rows - done);
        const auto fits = read_band(next, excess);
        if (!fits) return fail(fits.error());
        if (!*fits) {
            most = std::max<std::uint64_t>(next / 2, 1);
            if (next == 1) excess = Excess::kPassedOver;
            continue;
        }
        excess = Excess::kRefused;
        for (const std::string& row : rows_) {
            words.put_lines({reinterpret_cast<const std::uint8_t*>(row.data()), row.size()});
            words.end_record();
        }
        done += next;
        const std::uint64_t that_fit =
            next * (kMostBandBytes / 4 * 3) / (std::max(band_bytes_, largest_node_) + 1);
        most = std::clamp<std::uint64_t>(that_fit, 1, std::min(kMostBandRows, 4 * next));
    }
    return {};
}

bool RowBands::has_cut() const {
    return std::ranges::any_of(cursors_, &RowCursor::has_cut);
}

// False: so many rows are too much; nothing has happened.
Result<bool> RowBands::read_band(std::uint64_t rows, Excess excess) {
    std::ranges::for_each(cursors_, &RowCursor::mark);
    if (!allowance_.has_memory()) return fail(ErrorCode::kLimit, "the columns need too much memory");
    rows_.clear();  // and not assign(), which keeps what each of them has grown to
    rows_.resize(rows);
    band_bytes_ = largest_node_ = 0;
    const std::uint32_t end = schema_.nodes.front().end;
    for (std::uint32_t node = 1; node < end; node = schema_.nodes[node].end) {
        const auto fits = read_node(node, excess);
        if (!fits) return fail(fits.error());
        if (*fits) continue;
        for (RowCursor* cursor : cursors_)
            go_back(*cursor);
        return false;
    }
    return true;
}

// The columns of one field of the rows.
Result<bool> RowBands::read_node(std::uint32_t node, Excess excess) {
    const std::uint32_t behind = schema_.nodes[node].end;
    const std::size_t first = schema_.nodes[node].column;
    const std::size_t last = behind < schema_.nodes.size() ? schema_.nodes[behind].column : cursors_.size();
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

void RowBands::go_back(RowCursor& cursor) {
    held_ -= std::min(held_, cursor.bytes());
    cursor.go_back();
    held_ += cursor.bytes();
}

Result<bool> RowBands::read_column(std::size_t column, Cells& cells, std::size_t most, Excess excess) {
    RowCursor& cursor = *cursors_[column];
    held_ -= std::min(held_, cursor.bytes());
    auto fits = cursor.read_rows(rows_.size(), cells, most, excess);
    if (held_ + cursor.bytes() > kMostHeldBytes) cursor.let_go();
    held_ += cursor.bytes();
    return fits;
}

Unseen unseen_by(ErrorCode code) {
    switch (code) {
        case ErrorCode::kDenied:
            return Unseen::kEncrypted;
        case ErrorCode::kUnsupported:
            return Unseen::kUnsupported;
        default:
            return Unseen::kCorrupt;
    }
}

}  // namespace modelward::fingerprint
