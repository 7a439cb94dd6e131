// SPDX-License-Identifier: Apache-2.0
// The values of a page, one after the other, as text (https://github.com/apache/parquet-format,
// Encodings.md). Each encoding is one reader, listed in cell_reader.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fingerprint/columns/byte_reader.h"
#include "fingerprint/columns/column.h"
#include "fingerprint/columns/page_header.h"

namespace modelward::fingerprint {

// Of longer values the beginning is taken.
inline constexpr std::uint64_t kMostCellBytes = std::uint64_t{2} << 20;
inline constexpr std::uint64_t kMostDictionaryBytes = std::uint64_t{8} << 20;
inline constexpr std::uint64_t kMostHeldPageBytes = std::uint64_t{8}
                                                    << 20;  // of the few encodings that need it

// The texts that the places in a page mean.
class Dictionary {
  public:
    void add(std::string_view text);
    void set_cut() { has_cut_ = true; }
    bool has_cut() const { return has_cut_; }  // a value that was too long
    std::size_t size() const { return ends_.size(); }
    std::string_view operator[](std::size_t place) const;
    std::size_t text_bytes() const { return texts_.size() + ends_.size() * sizeof(ends_[0]); }
    // That it holds; up to twice as many.
    std::size_t bytes() const { return texts_.capacity() + ends_.capacity() * sizeof(ends_[0]); }

  private:
    std::string texts_;
    std::vector<std::uint32_t> ends_;
    bool has_cut_ = false;
};

class CellReader {
  public:
    CellReader() = default;
    CellReader(const CellReader&) = delete;
    CellReader& operator=(const CellReader&) = delete;
    virtual ~CellReader() = default;
    // Appends the next value; nothing after an error of the page's reader.
    virtual void next(std::string& text) = 0;
    virtual std::size_t bytes() const { return 0; }  // that it holds
    bool has_cut() const { return has_cut_; }        // a value that was too long

  protected:
    // How many bytes of a value of `length` are taken.
    std::uint64_t taken_of(std::uint64_t length) {
        has_cut_ = has_cut_ || length > kMostCellBytes;
        return std::min(length, kMostCellBytes);
    }

  private:
    bool has_cut_ = false;
};

// `values` is how many the page has at most. `page` and `dictionary` must outlive the reader; `dictionary`
// may be null. kUnsupported: an encoding that is not read. kLimit: it needs too much memory.
Result<std::unique_ptr<CellReader>> open_cells(PageEncoding encoding, const Column& column, ByteReader& page,
                                               std::uint64_t values, const Dictionary* dictionary);

// All values of a dictionary's page, which are in PLAIN.
Result<Dictionary> read_dictionary(const Column& column, ByteReader& page, std::uint64_t values);

}  // namespace modelward::fingerprint
