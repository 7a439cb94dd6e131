// SPDX-License-Identifier: Apache-2.0
// Goes through the values of one column of one row group, page by page.
//
// Holds a dictionary, the state of a decoder and a few buffers, whatever the size of a page; let_go() gives
// that back, and the next read decodes the page again from its beginning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fingerprint/columns/cell_reader.h"
#include "fingerprint/columns/column_page.h"
#include "fingerprint/columns/file_metadata.h"
#include "fingerprint/containers/allowance.h"

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

class ColumnCursor {
  public:
    // All must outlive the object.
    ColumnCursor(const ByteSource& source, const Column& column, const ColumnChunk& chunk,
                 Allowance& allowance);

    enum class Excess : std::uint8_t { kRefused, kPassedOver };
    // Appends the cells of the next rows. False: they would be more than `most` bytes, and may not be passed
    // over. Errors: kInvalid: the column breaks its format, or has no more rows; kUnsupported; kLimit; kIo.
    Result<bool> read_rows(std::uint64_t rows, Cells& into, std::size_t most,
                           Excess excess = Excess::kRefused);
    bool has_cut() const { return has_cut_; }  // values that were too long, or passed over some

    // Where it is, to come back there.
    struct Place {
        std::uint64_t page = 0;   // where its header begins
        std::uint64_t taken = 0;  // values of it
        std::uint64_t left = 0;   // values of the column
    };
    Place place() const { return place_; }
    void go_to(const Place& place);

    void let_go();
    std::size_t bytes() const;  // that let_go() gives back

  private:
    Result<bool> has_next();
    Result<void> open_page();
    Result<void> read_dictionary_page();

    const ByteSource* source_;
    const Column* column_;
    ColumnChunk chunk_;
    Allowance* allowance_;
    Place place_;
    std::optional<Dictionary> dictionary_;
    bool looked_for_dictionary_ = false;
    bool has_cut_ = false;
    std::unique_ptr<ColumnPage> page_;
};

}  // namespace modelward::fingerprint
