// SPDX-License-Identifier: Apache-2.0
// Reads rows in bands, column after column, so that memory depends neither on the number of columns nor on
// how many rows lie together: kMostBandBytes of text twice, kMostHeldBytes of decoders and dictionaries that
// are kept from one band to the next, and those of one column.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/columns/row_assembly.h"
#include "fingerprint/columns/row_cursor.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kMostBandBytes = std::size_t{4} << 20;
inline constexpr std::uint64_t kMostBandRows = 16'384;
inline constexpr std::size_t kMostHeldBytes = std::size_t{20} << 20;

class RowBands {
  public:
    // One cursor for each column of the schema. All must outlive the object.
    RowBands(const Schema& schema, std::vector<RowCursor*> cursors, Allowance& allowance)
        : schema_(schema),
          allowance_(allowance),
          steps_{.allowance = allowance},
          cursors_(std::move(cursors)) {}

    // The next rows, each as a record: its values in the order of the columns; a line break in a text ends a
    // record, too. Errors: those of the cursors, and kLimit.
    Result<void> read(std::uint64_t rows, RecordWords& words);

    // Values or rows that were too long.
    bool has_cut() const;

  private:
    using Excess = RowCursor::Excess;
    Result<bool> read_band(std::uint64_t rows, Excess excess);
    Result<bool> read_node(std::uint32_t node, Excess excess);
    Result<bool> read_column(std::size_t column, Cells& cells, std::size_t most, Excess excess);
    void go_back(RowCursor& cursor);

    const Schema& schema_;
    Allowance& allowance_;
    RowAssembly::Steps steps_;
    std::vector<RowCursor*> cursors_;
    std::size_t held_ = 0;  // by cursors
    std::vector<std::string> rows_;
    std::size_t band_bytes_ = 0;    // of them
    std::size_t largest_node_ = 0;  // of a band: cells that are held at once
};

// What an error that is none of a limit of the whole means for what was not seen.
Unseen unseen_by(ErrorCode code);

}  // namespace modelward::fingerprint
