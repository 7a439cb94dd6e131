// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/row_assembly.h"

#include <utility>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kStepsAtOnce = 65'536;

}  // namespace

bool RowAssembly::append_row(std::string& row) {
    begin_ = at_;
    append(node_, row);
    for (std::size_t column = 0; column < cells_.size(); ++column) {
        const auto& cells = cells_[column].cells;
        if (at_[column] == begin_[column] && at_[column] < cells.size()) ++at_[column];
        while (at_[column] < cells.size() && cells[at_[column]].repetition != 0)
            ++at_[column];
    }
    return may_go_on_;
}

// Repetitions that a column has and its neighbours lack cost nothing but time: each takes a cell.
void RowAssembly::append(std::uint32_t node, std::string& row) {
    const SchemaNode& what = schema_.nodes[node];
    const std::size_t column = what.column - schema_.nodes[node_].column;
    while (may_go_on_) {
        const std::size_t before = column < cells_.size() ? at_[column] : 0;
        append_once(node, row);
        if (!what.is_repeated || column >= cells_.size() || at_[column] == before) return;
        const auto& cells = cells_[column].cells;
        if (at_[column] == cells.size() || cells[at_[column]].repetition != what.repetition) return;
    }
}

void RowAssembly::append_once(std::uint32_t node, std::string& row) {
    if (++steps_.done % kStepsAtOnce == 0 && !steps_.allowance.take_decoded(kStepsAtOnce)) may_go_on_ = false;
    const SchemaNode& what = schema_.nodes[node];
    if (what.is_column) return append_cell(what.column - schema_.nodes[node_].column, row);
    for (std::uint32_t inside = node + 1; inside < what.end; inside = schema_.nodes[inside].end)
        append(inside, row);
}

void RowAssembly::append_cell(std::size_t column, std::string& row) {
    const Cells& of = cells_[column];
    const std::size_t at = at_[column];
    if (at == of.cells.size() || (at != begin_[column] && of.cells[at].repetition == 0)) return;
    const std::size_t begin = at == 0 ? 0 : of.cells[at - 1].end;
    row.append(of.texts, begin, of.cells[at].end - begin).append("\t");
    ++at_[column];
}

}  // namespace modelward::fingerprint
