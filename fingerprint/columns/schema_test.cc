// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fingerprint/columns/column.h"
#include "fingerprint/testing/parquet_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::ThriftWriter;

ThriftWriter group(std::int64_t children) {
    return ThriftWriter().number(3, 0).number(5, children);
}

ThriftWriter column() {
    return ThriftWriter().number(1, 6).number(3, 0);
}

Result<Schema> schema_of(const std::vector<ThriftWriter>& elements) {
    const Bytes bytes = ThriftWriter().structures(2, elements).finish();
    const MemorySource source(bytes);
    SourceStream stream(source);
    ByteReader reader(stream);
    reader.byte();  // the header of the field
    return read_schema(reader);
}

TEST(Schema, LeavesOutGroupsWithoutColumns) {
    const auto schema =
        schema_of({group(4), group(0), group(2), group(1), group(0), column(), group(0), column()});
    ASSERT_TRUE(schema) << schema.error().message();
    std::vector<std::uint32_t> ends;
    for (const SchemaNode& node : schema->nodes)
        ends.push_back(node.end);
    EXPECT_EQ(ends, (std::vector<std::uint32_t>{4, 3, 3, 4}));
    EXPECT_TRUE(schema->nodes[2].is_column && schema->nodes[3].is_column);
    EXPECT_EQ(schema->nodes[3].column, 1U);
}

TEST(Schema, OfNoColumnsIsNone) {
    EXPECT_FALSE(schema_of({group(0)}));
    EXPECT_FALSE(schema_of({group(2), group(0), group(0)}));
}

}  // namespace
}  // namespace modelward::fingerprint
