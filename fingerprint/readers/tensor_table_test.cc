// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/tensor_table.h"

#include <gtest/gtest.h>

#include <set>

namespace modelward::fingerprint {
namespace {

TEST(TensorNames, AreKeptAsTheyAre) {
    TensorNames names;
    for (const std::string name : {"", "model.layers.0.self_attn.q_proj.weight", "w"})
        EXPECT_EQ(names.keep(name), name);
}

// A mixture of experts with 30 thousand million weights, packed, in one file.
TEST(TensorNames, OfPackedMatricesAreKept) {
    TensorNames names;
    for (int layer = 0; layer < 48; ++layer)
        for (int expert = 0; expert < 128; ++expert)
            for (const char* part : {"gate_proj", "up_proj", "down_proj"})
                for (const char* of : {"qweight", "qzeros", "scales", "g_idx"}) {
                    const std::string name = "model.layers." + std::to_string(layer) + ".mlp.experts." +
                                             std::to_string(expert) + "." + part + "." + of;
                    ASSERT_EQ(names.keep(name), name);
                }
}

TEST(TensorNames, BecomeNumbersWhereThereAreTooManyBytesOfThem) {
    TensorNames names;
    std::set<std::string> all;
    std::size_t bytes = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        std::string name = std::to_string(i);
        name.resize(kMaxNameBytes, 'n');
        const std::string kept = names.keep(name);
        bytes += kept.size();
        all.insert(kept);
    }
    EXPECT_EQ(all.size(), 3000U);
    EXPECT_GT(bytes, kMaxNamesBytes * 9 / 10);
    EXPECT_LE(bytes, kMaxNamesBytes + 3000 * 15);
    EXPECT_EQ(names.keep("short"), "short") << "takes no memory of its own";
}

// Else a file could have two names in one table, and be refused for what another reader takes.
TEST(TensorNames, OfAFileNeverLookLikeANumber) {
    TensorNames names;
    EXPECT_EQ(names.keep("\1"
                         "1"),
              "\1"
              "0");
    EXPECT_EQ(names.keep(std::string(kMaxNamesBytes, 'n')),
              "\1"
              "1");
    EXPECT_EQ(names.keep("\1"
                         "1"),
              "\1"
              "2");
}

TEST(SettledTable, RefusesANameThatIsThereTwiceWhereverItStands) {
    for (std::uint64_t first = 0; first < 4; ++first) {
        TensorTable table{.format = "", .data_start = 0, .tensors = {}, .defect = {}};
        for (std::uint64_t i = 0; i < 5; ++i)
            table.tensors.push_back(
                {i == 4 || i == first ? "t" : std::to_string(i), DType::kU8, {1}, 1, i, 1});
        const auto settled = settle(table, 5);
        ASSERT_FALSE(settled.has_value());
        EXPECT_EQ(settled.error().message(), "tensor 't' is listed twice");
    }
}

}  // namespace
}  // namespace modelward::fingerprint
