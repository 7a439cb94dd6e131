// SPDX-License-Identifier: Apache-2.0
// Goes through the values of one column of one record batch
// (https://arrow.apache.org/docs/format/Columnar.html): through the lists and structures around it, each of
// which says with its own buffers what is null and where lists end.
//
// A null, an empty list, and what is in something that is null, is one empty cell, as in Parquet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fingerprint/columns/arrow/arrow_batch.h"
#include "fingerprint/columns/arrow/batch_buffer.h"
#include "fingerprint/columns/cell_reader.h"
#include "fingerprint/columns/row_cursor.h"

namespace modelward::fingerprint {

// What the columns of a batch share. All must outlive them.
struct BatchParts {
    const ByteSource& source;
    const ArrowSchema& schema;
    const ArrowBatch& batch;
    Allowance& allowance;
    std::size_t window;  // bytes of a buffer that are read at once
};

class ArrowColumn final : public RowCursor {
  public:
    // `dictionary` is null where the column has none, and must outlive the object.
    ArrowColumn(const BatchParts& parts, std::size_t column, const Dictionary* dictionary);

    // kLimit, too: lists of too many values.
    Result<bool> read_rows(std::uint64_t rows, Cells& into, std::size_t most, Excess excess) override;
    bool has_cut() const override { return has_cut_; }
    void mark() override;
    void go_back() override { row_ = marked_row_; }
    void let_go() override;
    std::size_t bytes() const override;

  private:
    // A field around the column, or its own.
    struct Step {
        const ArrowField* field;
        const BatchField* of_batch;
        std::unique_ptr<BatchBuffer> nulls = nullptr, places = nullptr, bytes = nullptr;
        std::uint32_t view_buffer = 0;  // which one `bytes` is, of views
    };
    struct Reading {
        Cells& into;
        std::size_t most;
        Excess excess;
    };
    struct Span {
        std::uint64_t begin, end;
    };

    bool read_value(std::size_t step, std::uint64_t at, std::uint32_t repetition, const Reading& reading);
    bool read_list(std::size_t step, const Span& span, std::uint32_t repetition, const Reading& reading);
    bool put_cell(std::uint32_t repetition, std::size_t before, const Reading& reading);
    bool append_value(Step& step, std::uint64_t at, std::string& text);
    bool append_number(Step& step, std::uint64_t at, std::string& text);
    bool append_view(Step& step, std::uint64_t at, std::string& text);
    bool append_bytes(BatchBuffer& buffer, std::uint64_t begin, std::uint64_t length, std::string& text);
    bool append_place(std::span<const std::uint8_t> place, std::string& text);
    bool is_null(Step& step, std::uint64_t at);
    std::optional<Span> span_of(Step& step, std::uint64_t at);
    BatchBuffer& open(std::unique_ptr<BatchBuffer>& buffer, const Step& step, std::uint32_t place);
    bool read(BatchBuffer& buffer, std::uint64_t offset, std::span<std::uint8_t> into);
    bool refuse(ErrorCode code, const std::string& what);
    bool charge();

    const BatchParts& parts_;
    const Dictionary* dictionary_;
    std::vector<Step> steps_;  // the outermost first
    std::uint64_t row_ = 0, marked_row_ = 0;
    std::uint64_t uncharged_ = 0;
    bool has_cut_ = false;
    std::optional<Error> error_;
    std::vector<std::uint8_t> value_;
};

}  // namespace modelward::fingerprint
