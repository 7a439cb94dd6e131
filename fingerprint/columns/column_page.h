// SPDX-License-Identifier: Apache-2.0
// One page of a column, read from front to back: its header, its levels, which are held, and its values.
//
// Pages follow each other, so that each takes over the file from the one before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fingerprint/columns/cell_reader.h"
#include "fingerprint/columns/file_metadata.h"
#include "fingerprint/containers/allowance.h"
#include "fingerprint/containers/metered_stream.h"

namespace modelward::fingerprint {

class ColumnPage {
  public:
    // That whose header is at `begin` of the source, which must outlive the object.
    ColumnPage(const ByteSource& source, std::uint64_t begin, std::uint64_t end_of_column);
    // The one behind another, which was skipped.
    explicit ColumnPage(std::unique_ptr<ColumnPage> before);
    ~ColumnPage();

    // The first thing to be called.
    Result<void> read_header(const ColumnChunk& chunk);
    const PageHeader& header() const { return header_; }
    std::uint64_t end() const { return end_; }  // in the source

    // Passes over what is left of it.
    Result<void> skip();

    // What it stands for, as bytes.
    Result<ByteReader*> open_body(PageCodec codec, Allowance& allowance);

    // Or as values; of a page of data. All must outlive the object; `dictionary` may be null.
    Result<void> open_values(const Column& column, PageCodec codec, const Dictionary* dictionary,
                             Allowance& allowance);
    std::uint64_t left() const { return left_ + (next_ ? 1 : 0); }  // values and nulls
    // Where some are left: the repetition level of the next one. What is wrong with it, take() says.
    std::uint32_t repetition();
    // Appends it, unless it is null.
    Result<void> take(std::string& text);

    bool has_cut() const { return cells_ && cells_->has_cut(); }  // a value that was too long
    std::size_t bytes() const;                                    // that it holds, about

  private:
    class Levels;
    struct FilePart;
    struct Next {
        std::uint32_t repetition, definition;
    };
    Result<void> take_levels(ByteReader& from, bool lengths_are_in_header);
    static Result<std::unique_ptr<Levels>> hold_levels(ByteReader& from, std::uint64_t length, unsigned most);

    std::unique_ptr<FilePart> file_;
    PageHeader header_;
    std::uint64_t end_ = 0;
    std::unique_ptr<PageStream> unpacked_;
    std::unique_ptr<MeteredStream> metered_;
    std::unique_ptr<ByteReader> body_;
    const Column* column_ = nullptr;
    const Dictionary* dictionary_ = nullptr;
    std::unique_ptr<Levels> repetitions_, definitions_;
    std::unique_ptr<CellReader> cells_;
    std::uint64_t left_ = 0;
    std::optional<Next> next_;
};

}  // namespace modelward::fingerprint
