// SPDX-License-Identifier: Apache-2.0
// Puts the cells of columns beside each other again, in the order in which a row of JSON has them
// (https://github.com/apache/parquet-format, LogicalTypes.md; the levels are those of Melnik and others,
// "Dremel", VLDB 2010): of a list of structures, each structure's values stay together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fingerprint/columns/column.h"
#include "fingerprint/columns/row_cursor.h"
#include "fingerprint/containers/allowance.h"

namespace modelward::fingerprint {

class RowAssembly {
  public:
    // Those that one assembly after the other has done; they count against the allowance, many at once.
    struct Steps {
        Allowance& allowance;
        std::uint64_t done = 0;
    };
    // `cells` are those of all columns inside the node, whose first one is the first. All must outlive it.
    RowAssembly(const Schema& schema, std::uint32_t node, std::span<const Cells> cells, Steps& steps)
        : schema_(schema),
          node_(node),
          cells_(cells),
          steps_(steps),
          at_(cells.size()),
          begin_(cells.size()) {}

    // Appends what the node holds in the next row, a tab behind each value. False: the allowance is used up.
    bool append_row(std::string& row);

  private:
    void append(std::uint32_t node, std::string& row);
    void append_once(std::uint32_t node, std::string& row);
    void append_cell(std::size_t column, std::string& row);

    const Schema& schema_;
    std::uint32_t node_;
    std::span<const Cells> cells_;
    Steps& steps_;
    std::vector<std::size_t> at_;     // of each column: the next cell
    std::vector<std::size_t> begin_;  // and that with which the row begins
    bool may_go_on_ = true;
};

}  // namespace modelward::fingerprint
