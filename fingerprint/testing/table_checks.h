// SPDX-License-Identifier: Apache-2.0
// What the tests of readers ask of a table.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

// The table of a file that the reader must claim and read.
inline TensorTable table_of(const Reader& reader, const Bytes& file) {
    EXPECT_TRUE(reader.claims(std::span(file).first(std::min(file.size(), kHeadBytes))));
    auto table = reader.read(MemorySource(file));
    EXPECT_TRUE(table.has_value()) << table.error().message();
    return std::move(*table);
}

inline std::vector<std::string> names(const TensorTable& table) {
    std::vector<std::string> names;
    for (const Tensor& tensor : table.tensors)
        names.push_back(tensor.name);
    return names;
}

inline void expect_defect(const TensorTable& table, ErrorCode code, const std::string& because) {
    ASSERT_TRUE(table.defect.has_value()) << because;
    EXPECT_EQ(table.defect->code(), code) << table.defect->message();
    EXPECT_THAT(table.defect->message(), ::testing::HasSubstr(because));
}

// The tensor's bytes in the file are `data`.
inline void expect_data(const Bytes& file, const Tensor& tensor, const Bytes& data) {
    ASSERT_EQ(tensor.bytes, data.size());
    EXPECT_TRUE(
        std::equal(data.begin(), data.end(), file.begin() + static_cast<std::ptrdiff_t>(tensor.offset)))
        << tensor.name;
}

}  // namespace modelward::fingerprint::testing
