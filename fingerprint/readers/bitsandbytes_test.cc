// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/bitsandbytes.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/table_checks.h"
#include "fingerprint/testing/torch_files.h"

namespace modelward::fingerprint {
namespace {

using Extents = std::vector<std::uint64_t>;
using testing::Bytes;
using testing::StoredTensor;

// A weight of [64, 96] in 4 bits: 6,144 elements in 96 blocks of 64.
class FourBits : public ::testing::Test {
  protected:
    static Bytes json(const std::string& text) { return {text.begin(), text.end()}; }

    std::vector<StoredTensor> tensors() const {
        std::vector<StoredTensor> all = {
            {"a.weight", weight_type_, weight_shape_, Bytes(3072, 0x5a)},
            {"a.weight.absmax", nested_ ? "U8" : "F32", {scales_}, Bytes(scales_ * (nested_ ? 1 : 4))},
            {"a.weight.quant_map", values_type_, {values_}, Bytes(values_ * (values_type_ == "F32" ? 4 : 2))},
            {"a.weight.quant_state.bitsandbytes__" + kind_, "U8", {state_.size()}, json(state_)}};
        if (nested_) {
            all.push_back({"a.weight.nested_absmax", "F32", {nested_scales_}, Bytes(4 * nested_scales_)});
            all.push_back({"a.weight.nested_quant_map", "F32", {256}, Bytes(1024)});
        }
        return all;
    }

    // After both passes.
    Tensor weight() const {
        const Bytes file = testing::safetensors_file(tensors());
        TensorTable table = testing::table_of(kSafetensorsReader, file);
        read_quant_states(MemorySource(file), table);
        EXPECT_FALSE(table.defect.has_value());
        return table.tensors[0];
    }
    Tensor weight_with(const std::string& state) {
        state_ = state;
        return weight();
    }

    // Its codes are known, but not how to read its elements.
    static void expect_codes_alone(const Tensor& tensor, const std::string& because) {
        EXPECT_EQ(tensor.dtype, DType::kNF4) << because;
        EXPECT_FALSE(tensor.is_packed()) << because;
        EXPECT_EQ(tensor.elements, 6144U) << because;
    }
    static void expect_left_alone(const Tensor& tensor, const std::string& because) {
        EXPECT_EQ(tensor.dtype, DType::kU8) << because;
        EXPECT_FALSE(tensor.is_packed()) << because;
        EXPECT_EQ(tensor.shape, (Extents{3072, 1})) << because;
    }

    std::string weight_type_ = "U8";
    Extents weight_shape_ = {3072, 1};
    std::string kind_ = "nf4";
    std::string values_type_ = "F32";
    std::uint64_t values_ = 16;
    std::uint64_t scales_ = 96;
    std::uint64_t nested_scales_ = 1;
    bool nested_ = false;
    std::string state_ = R"({"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [64, 96]})";
};

TEST_F(FourBits, AreKnownByNamesAndTypesWithoutTheData) {
    const TensorTable table = testing::table_of(kSafetensorsReader, testing::safetensors_file(tensors()));
    expect_codes_alone(table.tensors[0], "the JSON is not read");
    EXPECT_EQ(table.tensors[0].shape, (Extents{96, 64}));
    EXPECT_EQ(table.tensors[0].bytes, 3072U);
    scales_ = 49;
    EXPECT_EQ(testing::table_of(kSafetensorsReader, testing::safetensors_file(tensors())).tensors[0].shape,
              (Extents{6144}));
}

TEST_F(FourBits, GetTheirShapeAndBlocksFromTheJson) {
    const Tensor tensor = weight();
    EXPECT_EQ(tensor.shape, (Extents{64, 96}));
    EXPECT_EQ(tensor.elements, 6144U);
    EXPECT_EQ(tensor.bytes, 3072U);
    ASSERT_NE(tensor.block_scales(), nullptr);
    EXPECT_TRUE(tensor.is_packed());
    EXPECT_EQ(tensor.block_scales()->block, 64U);
    EXPECT_EQ(tensor.block_scales()->scales, tensor.offset + 3072);
    EXPECT_EQ(tensor.block_scales()->values, tensor.offset + 3072 + 4 * 96);
    EXPECT_EQ(tensor.block_scales()->nested_block, 0U);
}

TEST_F(FourBits, MayHaveAnUnevenLastBlock) {
    scales_ = 2;
    const Tensor tensor = weight_with(R"({"shape": [64, 96], "blocksize": 4096})");
    EXPECT_EQ(tensor.shape, (Extents{64, 96}));
    EXPECT_NE(tensor.block_scales(), nullptr);
}

TEST_F(FourBits, MayHaveJsonThatSaysMore) {
    const Tensor tensor = weight_with(
        R"({"a": {"shape": [1]}, "b": [[], "]", -1.5e3], "shape": [64, 96], "c": null, "blocksize": 64, "d": true})");
    EXPECT_EQ(tensor.shape, (Extents{64, 96}));
    EXPECT_NE(tensor.block_scales(), nullptr);
}

TEST_F(FourBits, AreOfTwoKinds) {
    kind_ = "fp4";
    const Tensor tensor = weight();
    EXPECT_EQ(tensor.dtype, DType::kFP4);
    EXPECT_NE(tensor.block_scales(), nullptr);
    kind_ = "int4";
    expect_left_alone(weight(), "nobody has written that");
}

TEST_F(FourBits, MayBeStoredAsAnotherType) {
    weight_type_ = "BF16";
    weight_shape_ = {1536, 1};
    EXPECT_EQ(weight().shape, (Extents{64, 96}));
}

TEST_F(FourBits, MayHaveScalesThatAreCodes) {
    nested_ = true;
    const std::string state =
        R"({"shape": [64, 96], "blocksize": 64, "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": -2.5e-2})";
    const Tensor tensor = weight_with(state);
    ASSERT_NE(tensor.block_scales(), nullptr);
    EXPECT_EQ(tensor.block_scales()->nested_block, 256U);
    EXPECT_FLOAT_EQ(tensor.block_scales()->nested_offset, -0.025F);
    const std::uint64_t state_end = tensor.offset + 3072 + 96 + 64 + state.size();
    EXPECT_EQ(tensor.block_scales()->nested_scales, state_end);
    EXPECT_EQ(tensor.block_scales()->nested_values, state_end + 4);
    nested_scales_ = 2;
    expect_codes_alone(weight(), "a scale too many");
    nested_scales_ = 1;
    expect_codes_alone(weight_with(R"({"shape": [64, 96], "blocksize": 64})"), "no size of blocks of scales");
    expect_codes_alone(weight_with(R"({"shape": [64, 96], "blocksize": 64, "nested_blocksize": 0})"), "zero");
}

TEST_F(FourBits, WhoseJsonDoesNotFitHaveCodesAlone) {
    for (const char* state : {
             "",
             "{",
             "{}",
             "garbage",
             "[64, 96]",
             R"({"shape": [64, 96]})",
             R"({"blocksize": 64})",
             R"({"shape": null, "blocksize": 64})",
             R"({"shape": [], "blocksize": 64})",
             R"({"shape": [64, 95], "blocksize": 64})",
             R"({"shape": [2, 3070], "blocksize": 64})",
             R"({"shape": [64, -96], "blocksize": 64})",
             R"({"shape": [0, 96], "blocksize": 64})",
             R"({"shape": [1, 1, 1, 1, 1, 1, 1, 64, 96], "blocksize": 64})",
             R"({"shape": [9223372036854775808, 9223372036854775808], "blocksize": 64})",
             R"({"shape": [4294967296, 4294967296, 6144], "blocksize": 64})",
             R"({"shape": [64, 96], "blocksize": 0})",
             R"({"shape": [64, 96], "blocksize": 1})",
             R"({"shape": [64, 96], "blocksize": 65})",
             R"({"shape": [64, 96], "blocksize": 128})",
             R"({"shape": [64, 96], "blocksize": 6.4e1})",
             R"({"shape": [64, 96], "blocksize": "64"})",
             R"({"shape": [64, 96], "blocksize": 18446744073709551615})",
             R"({"shape": [64, 96], "blocksize": 64, "more": {})",
             R"({"shape": [64, 96], "blocksize": 64, "more": })",
             R"({"shape": [64, 96], "blocksize": 64} {})",
         })
        expect_codes_alone(weight_with(state), state);
    expect_codes_alone(weight_with(R"({"shape": [64, 96], "blocksize": 64)" + std::string(4096, ' ') + "}"),
                       "longer than any");
    scales_ = 64;
    expect_codes_alone(weight_with(R"({"shape": [64, 96], "blocksize": 96})"), "no power of two");
    scales_ = 1;
    expect_codes_alone(weight_with(R"({"shape": [64, 96], "blocksize": 8192})"), "larger than any");
}

TEST_F(FourBits, WhoseTensorsDoNotFitAreLeftAlone) {
    values_ = 15;
    expect_left_alone(weight(), "values of fewer codes");
    values_ = 16;
    values_type_ = "F16";
    expect_left_alone(weight(), "values of another type");
    values_type_ = "F32";
    for (std::size_t missing = 1; missing < 4; ++missing) {
        auto all = tensors();
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(missing));
        const Bytes file = testing::safetensors_file(all);
        TensorTable table = testing::table_of(kSafetensorsReader, file);
        read_quant_states(MemorySource(file), table);
        expect_left_alone(table.tensors[0], "without tensor " + std::to_string(missing));
    }
    scales_ = 0;
    expect_left_alone(weight(), "no scales");
}

TEST_F(FourBits, AreNoMatrices) {
    weight_shape_ = {64, 48};
    EXPECT_EQ(weight().dtype, DType::kU8);
}

TEST_F(FourBits, MoveWithTheFileThatHoldsThem) {
    nested_ = true;
    Tensor tensor = weight_with(R"({"shape": [64, 96], "blocksize": 64, "nested_blocksize": 256})");
    const BlockScales before = *tensor.block_scales();
    const std::uint64_t offset = tensor.offset;
    shift(tensor, 1000);
    const BlockScales& after = *tensor.block_scales();
    EXPECT_EQ(tensor.offset, offset + 1000);
    EXPECT_EQ(after.values, before.values + 1000);
    EXPECT_EQ(after.scales, before.scales + 1000);
    EXPECT_EQ(after.nested_values, before.nested_values + 1000);
    EXPECT_EQ(after.nested_scales, before.nested_scales + 1000);
}

std::vector<StoredTensor> eight_bits(const Extents& shape, const std::string& scales_type,
                                     std::uint64_t scales) {
    return {{"a.weight", "I8", shape, Bytes(shape[0] * shape[1])},
            {"a.SCB", scales_type, {scales}, Bytes(scales * (scales_type == "F32" ? 4 : 2))}};
}

TensorTable table_of(const std::vector<StoredTensor>& tensors) {
    return testing::table_of(kSafetensorsReader, testing::safetensors_file(tensors));
}

bool has_row_scales(const std::vector<StoredTensor>& tensors) {
    return table_of(tensors).tensors[0].row_scales() != nullptr;
}

TEST(EightBits, HaveAScaleForEachRow) {
    const TensorTable table = table_of(eight_bits({64, 96}, "F32", 64));
    ASSERT_NE(table.tensors[0].row_scales(), nullptr);
    EXPECT_EQ(table.tensors[0].row_scales()->scales, table.tensors[1].offset);
    EXPECT_EQ(table.tensors[0].shape, (Extents{64, 96}));
    EXPECT_FALSE(has_row_scales(eight_bits({64, 96}, "F32", 96)));
    EXPECT_FALSE(has_row_scales(eight_bits({64, 96}, "F16", 64)));
    EXPECT_FALSE(has_row_scales(eight_bits({0, 96}, "F32", 0)));
    auto changed = eight_bits({64, 96}, "F32", 64);
    changed[1].name = "b.SCB";
    EXPECT_FALSE(has_row_scales(changed));
    changed = eight_bits({64, 96}, "F32", 64);
    changed[0].dtype = "U8";
    EXPECT_FALSE(has_row_scales(changed));
}

TEST(EightBits, MoveWithTheFileThatHoldsThem) {
    Tensor tensor = table_of(eight_bits({64, 96}, "F32", 64)).tensors[0];
    const std::uint64_t offset = tensor.row_scales()->scales;
    shift(tensor, 1000);
    EXPECT_EQ(tensor.row_scales()->scales, offset + 1000);
}

TEST(EightBits, AreFoundByTheReadersOfPyTorch) {
    const auto tensors = eight_bits({64, 96}, "F32", 64);
    EXPECT_NE(testing::table_of(kZipReader, testing::torch_zip(tensors).finish()).tensors[0].row_scales(),
              nullptr);
    EXPECT_NE(testing::table_of(kPickleReader, testing::torch_legacy_file(tensors)).tensors[0].row_scales(),
              nullptr);
}

}  // namespace
}  // namespace modelward::fingerprint
