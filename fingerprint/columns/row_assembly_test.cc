// SPDX-License-Identifier: Apache-2.0
// Columns beside each other again, as JSON has them.
#include "fingerprint/columns/row_assembly.h"

#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

using Rows = std::vector<std::string>;

struct Given {
    std::string text;
    std::uint32_t repetition;
};

Cells cells_of(const std::vector<Given>& given) {
    Cells cells;
    for (const Given& cell : given) {
        cells.texts += cell.text;
        cells.cells.push_back({static_cast<std::uint32_t>(cells.texts.size()), cell.repetition});
    }
    return cells;
}

Rows rows_of(const Schema& schema, const std::vector<Cells>& cells, std::size_t count) {
    const MemorySource file({});
    const CountingSource counted(file);
    Allowance allowance({}, counted);
    RowAssembly::Steps steps{.allowance = allowance};
    RowAssembly assembly(schema, 1, cells, steps);
    Rows rows(count);
    for (std::string& row : rows)
        EXPECT_TRUE(assembly.append_row(row));
    return rows;
}

SchemaNode column(std::uint32_t place, std::uint32_t at, unsigned repetition = 0) {
    return {.is_column = true, .repetition = repetition, .column = place, .end = at + 1};
}

TEST(RowAssembly, TakesOneCellOfAColumnForEachRow) {
    const Schema schema{.columns = {{}}, .nodes = {{.end = 2}, column(0, 1)}};
    EXPECT_EQ(rows_of(schema, {cells_of({{"a", 0}, {"", 0}, {"b", 0}})}, 3), (Rows{"a\t", "\t", "b\t"}));
}

// messages: a list of {role, content}, in the notation of three levels.
const Schema kMessages{.columns = {{}, {}},
                       .nodes = {{.end = 6},
                                 {.end = 6},
                                 {.is_repeated = true, .repetition = 1, .end = 6},
                                 {.repetition = 1, .end = 6},
                                 column(0, 4, 1),
                                 column(1, 5, 1)}};

TEST(RowAssembly, KeepsTheValuesOfEachStructureInAListTogether) {
    EXPECT_EQ(rows_of(kMessages,
                      {cells_of({{"user", 0}, {"bot", 1}, {"", 0}, {"user", 0}}),
                       cells_of({{"hi", 0}, {"ho", 1}, {"", 0}, {"bye", 0}})},
                      3),
              (Rows{"user\thi\tbot\tho\t", "\t\t", "user\tbye\t"}));
}

TEST(RowAssembly, GoesOnWithTheNextRowWhenColumnsDisagree) {
    EXPECT_EQ(rows_of(kMessages,
                      {cells_of({{"user", 0}, {"user", 0}}),
                       cells_of({{"hi", 0}, {"ho", 1}, {"hu", 1}, {"bye", 0}})},
                      2),
              (Rows{"user\thi\t", "user\tbye\t"}));
    EXPECT_EQ(
        rows_of(kMessages,
                {cells_of({{"a", 0}, {"b", 1}, {"c", 1}, {"d", 0}}), cells_of({{"x", 0}, {"y", 0}})}, 2),
        (Rows{"a\tx\tb\tc\t", "d\ty\t"}));
    EXPECT_EQ(rows_of(kMessages, {cells_of({{"a", 0}}), cells_of({})}, 2), (Rows{"a\t", ""}));
}

TEST(RowAssembly, ReadsListsInListsInTheirOrder) {
    const Schema schema{.columns = {{}, {}},
                        .nodes = {{.end = 5},
                                  {.is_repeated = true, .repetition = 1, .end = 5},
                                  {.is_repeated = true, .repetition = 2, .end = 4},
                                  column(0, 3, 2),
                                  column(1, 4, 1)}};
    EXPECT_EQ(rows_of(schema, {cells_of({{"1", 0}, {"2", 2}, {"3", 1}}), cells_of({{"x", 0}, {"y", 1}})}, 1),
              Rows{"1\t2\tx\t3\ty\t"});
}

TEST(RowAssembly, CountsTheStepsOfOneAfterTheOtherAgainstTheAllowance) {
    const Schema schema{.columns = {{}}, .nodes = {{.end = 2}, column(0, 1)}};
    const MemorySource file({});
    const CountingSource counted(file);
    Allowance allowance({.decoded_bytes = 200'000}, counted);
    RowAssembly::Steps steps{.allowance = allowance};
    const std::vector<Cells> cells{cells_of({{"a", 0}})};
    std::string row;
    int done = 0;
    while (done < 300'000 && RowAssembly(schema, 1, cells, steps).append_row(row))
        ++done;
    EXPECT_EQ(done, 4 * 65'536 - 1);
}

TEST(RowAssembly, EndsAtARepeatedGroupWithoutColumns) {
    const Schema schema{.columns = {{}},
                        .nodes = {{.end = 4},
                                  {.end = 4},
                                  {.is_repeated = true, .repetition = 1, .column = 0, .end = 3},
                                  column(0, 3)}};
    EXPECT_EQ(rows_of(schema, {cells_of({{"a", 0}, {"b", 1}})}, 1), Rows{"a\t"});
}

}  // namespace
}  // namespace modelward::fingerprint
