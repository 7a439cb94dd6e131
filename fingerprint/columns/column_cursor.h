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
#include "fingerprint/columns/row_cursor.h"
#include "fingerprint/containers/allowance.h"

namespace modelward::fingerprint {

class ColumnCursor final : public RowCursor {
  public:
    // All must outlive the object.
    ColumnCursor(const ByteSource& source, const Column& column, const ColumnChunk& chunk,
                 Allowance& allowance);

    // kInvalid, too: it has no more rows.
    Result<bool> read_rows(std::uint64_t rows, Cells& into, std::size_t most, Excess excess) override;
    bool has_cut() const override { return has_cut_; }
    void mark() override { mark_ = place_; }
    void go_back() override;
    void let_go() override;
    std::size_t bytes() const override;

  private:
    // Where it is, to come back there.
    struct Place {
        std::uint64_t page = 0;   // where its header begins
        std::uint64_t taken = 0;  // values of it
        std::uint64_t left = 0;   // values of the column
    };
    Result<bool> has_next();
    Result<void> open_page();
    Result<void> read_dictionary_page();

    const ByteSource* source_;
    const Column* column_;
    ColumnChunk chunk_;
    Allowance* allowance_;
    Place place_, mark_;
    std::optional<Dictionary> dictionary_;
    bool looked_for_dictionary_ = false;
    bool has_cut_ = false;
    std::unique_ptr<ColumnPage> page_;
};

}  // namespace modelward::fingerprint
