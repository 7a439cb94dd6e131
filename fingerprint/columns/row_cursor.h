// SPDX-License-Identifier: Apache-2.0
// Goes through the values of one column, a few rows at a time, as text. Each format of columns has its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace modelward::fingerprint {

// Values of some rows of a column, as text. A null is an empty one.
struct Cells {
    struct Cell {
        std::uint32_t end;         // of its text
        std::uint32_t repetition;  // 0: a row begins
    };
    std::string texts;
    std::vector<Cell> cells;

    std::size_t bytes() const { return texts.size() + cells.size() * sizeof(Cell); }
};

class RowCursor {
  public:
    RowCursor() = default;
    virtual ~RowCursor() = default;

    enum class Excess : std::uint8_t { kRefused, kPassedOver };
    // Appends the cells of the next rows. False: they would be more than `most` bytes, and may not be passed
    // over. Errors: kInvalid: the column breaks its format, or has no more rows; kUnsupported; kLimit; kIo.
    virtual Result<bool> read_rows(std::uint64_t rows, Cells& into, std::size_t most, Excess excess) = 0;
    virtual bool has_cut() const = 0;  // values that were too long, or passed over some

    // Keeps where it is, and comes back there.
    virtual void mark() = 0;
    virtual void go_back() = 0;

    // Gives back bytes() of memory; what was decoded is decoded again.
    virtual void let_go() = 0;
    virtual std::size_t bytes() const = 0;

  protected:
    RowCursor(RowCursor&&) = default;
    RowCursor& operator=(RowCursor&&) = default;
    RowCursor(const RowCursor&) = default;
    RowCursor& operator=(const RowCursor&) = default;
};

}  // namespace modelward::fingerprint
