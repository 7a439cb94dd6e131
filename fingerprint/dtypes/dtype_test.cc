// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/dtypes/dtype.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/hex.h"
#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

using Values = std::vector<float>;

std::vector<float> decode(DType dtype, const std::string& hex) {
    const auto bytes = from_hex(hex).value();
    const DTypeInfo& type = info(dtype);
    std::vector<float> values(bytes.size() / type.block_bytes * type.block_elements);
    type.decode(bytes, values);
    return values;
}

TEST(DType, EveryRowIsSane) {
    for (int i = 0; i < static_cast<int>(DType::kCount); ++i) {
        const DTypeInfo& type = info(static_cast<DType>(i));
        EXPECT_FALSE(type.name.empty());
        EXPECT_EQ(kMaxBlockElements % type.block_elements, 0U) << type.name;
        EXPECT_LE(type.block_bytes, kMaxBlockBytes) << type.name;
        EXPECT_GT(type.block_bytes, 0U) << type.name;
    }
}

TEST(DType, DecodesPlainTypes) {
    EXPECT_EQ(decode(DType::kF64, "000000000000f8bf"), std::vector{-1.5F});
    EXPECT_EQ(decode(DType::kF32, "0000c03f000020c1"), (std::vector{1.5F, -10.0F}));
    EXPECT_EQ(decode(DType::kBF16, "c03f20c1"), (std::vector{1.5F, -10.0F}));
    EXPECT_EQ(decode(DType::kI8, "007f80ff"), (std::vector{0.0F, 127.0F, -128.0F, -1.0F}));
    EXPECT_EQ(decode(DType::kU8, "007f80ff"), (std::vector{0.0F, 127.0F, 128.0F, 255.0F}));
}

TEST(DType, DecodesHalfPrecisionWithSubnormalsAndInfinity) {
    EXPECT_EQ(decode(DType::kF16, "003e00c9ff7b0000"), (std::vector{1.5F, -10.0F, 65504.0F, 0.0F}));
    EXPECT_EQ(decode(DType::kF16, "0100ff03"), (std::vector{0x1p-24F, 1023 * 0x1p-24F}));
    EXPECT_EQ(decode(DType::kF16, "007c00fc"), (std::vector{HUGE_VALF, -HUGE_VALF}));
    EXPECT_TRUE(std::isnan(decode(DType::kF16, "017e")[0]));
}

TEST(DType, DecodesEightBitFloats) {
    EXPECT_EQ(decode(DType::kF8E4M3, "38c07e01"), (std::vector{1.0F, -2.0F, 448.0F, 0x1p-9F}));
    EXPECT_TRUE(std::isnan(decode(DType::kF8E4M3, "ff")[0]));
    EXPECT_EQ(decode(DType::kF8E5M2, "3cc07b01"), (std::vector{1.0F, -2.0F, 57344.0F, 0x1p-16F}));
    EXPECT_EQ(decode(DType::kF8E5M2, "fc"), std::vector{-HUGE_VALF});
}

TEST(DType, DecodesEightBitFloatsWithoutNegativeZero) {
    EXPECT_EQ(decode(DType::kF8E4M3FNUZ, "40c87f0100"), (std::vector{1.0F, -2.0F, 240.0F, 0x1p-10F, 0.0F}));
    EXPECT_EQ(decode(DType::kF8E5M2FNUZ, "40c47f0104"),
              (std::vector{1.0F, -2.0F, 57344.0F, 0x1p-17F, 0x1p-15F}));
    EXPECT_TRUE(std::isnan(decode(DType::kF8E4M3FNUZ, "80")[0]));
    EXPECT_TRUE(std::isnan(decode(DType::kF8E5M2FNUZ, "80")[0]));
}

TEST(DType, DecodesCodesOfLessThanAByteTheLowestBitsFirst) {
    EXPECT_EQ(decode(DType::kU4, "21f0"), (std::vector{1.0F, 2.0F, 0.0F, 15.0F}));
    const auto three_bits = decode(DType::kU3, "88c6fa88c6fa88c6fa88c6fe");
    EXPECT_EQ(Values(three_bits.begin() + 16, three_bits.end()),
              (Values{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 7, 7}));
    EXPECT_EQ(decode(DType::kU2, "e4"), (std::vector{0.0F, 1.0F, 2.0F, 3.0F}));
}

TEST(DType, DecodesCodesOfBitsandbytesTheUpperHalfFirst) {
    EXPECT_EQ(decode(DType::kNF4, "077f"), (std::vector{-7.0F, 0.0F, 0.0F, 8.0F}));
    EXPECT_EQ(decode(DType::kFP4, "01234567"),
              (std::vector{0.0F, 0.0F, 8.0F, 12.0F, 4.0F, 6.0F, 2.0F, 3.0F}));
    EXPECT_EQ(decode(DType::kFP4, "89abcdef"),
              (std::vector{0.0F, 0.0F, -8.0F, -12.0F, -4.0F, -6.0F, -2.0F, -3.0F}));
}

TEST(DType, DecodesTheSixteenValuesOfMicroscaling) {
    // A scale of 2; elements 0 to 15 are the low halves, each of which has its number as code.
    const auto values = decode(DType::kMXFP4,
                               "80"
                               "000102030405060708090a0b0c0d0e0f");
    EXPECT_EQ(std::vector(values.begin(), values.begin() + 16),
              (std::vector{0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 6.0F, 8.0F, 12.0F, 0.0F, -1.0F, -2.0F, -3.0F, -4.0F,
                           -6.0F, -8.0F, -12.0F}));
    EXPECT_EQ(std::vector(values.begin() + 16, values.end()), std::vector<float>(16, 0.0F));
}

// One block of each quantised type that ggml made of uniform values, and the type's coarsest step.
struct QuantisedBlock {
    DType dtype;
    float tolerance;
    const char* hex;
};

const QuantisedBlock kBlocks[] = {
    {DType::kQ4_0, 0.1F, "bb2fe650afc9b7145775f2f7116fff7efe19"},
    {DType::kQ4_1, 0.07F, "1230bbbbe6509ec9a7145765e2f6116fee6dfd18"},
    {DType::kQ5_0, 0.04F, "bb2b0cf81d53dca04d936e38bfdad4fd23dfdedcfc12"},
    {DType::kQ5_1, 0.035F, "e22bbbbb0cf81d53cca04d825e38bfdad4fd23dfdddcfc11"},
    {DType::kQ8_0, 0.004F, "cb1fe3816916f4bef8d3a0e998796e62600d64d21f442e99d7ec6a7991e86aea7c8b"},
    {DType::kQ2_K, 0.31F,
     "ddddddddffffcdbccddcff7aecedcdcb15d4ebeab13d1141e89da4f393d7ab2e6f99ead642c46955"
     "bb9738899735efa46265c7e7b5be4a6415561dc4736891867a90a53207df586257aeea2f4900950f"
     "7629252c"},
    {DType::kQ3_K, 0.21F,
     "ccd40343516aadfc9696b011c5f5170b4eb3f66008819fe92ed0cf43143db605cf58232580ced877"
     "058ffd43a31bc3ac1df5273e532b557921ecb7d5cdfd5ccf970d5c09beae4a93fe78fc5e6503a68f"
     "bb2b057b0ce13727b100df159a0e6246a5bb07786a707aa93c33cc3ceba0"},
    {DType::kQ4_K, 0.07F,
     "6618f523fbf7fafcfefbfdf868fff63666409ea917f43725a2f6610f0e5d8dd8eea5b95c0a419536"
     "8e5f91a65e66ef6107d5fcecbf0f1540e8a79acfb3e5982b7a95dce550e25a447d942f91972fdb99"
     "18454f3d43eabb715448e6530e701359b94064398fddc0588de79addb32283dc4a77c2e9afbd404a"
     "076527d26d79a3a03f74792f00d4666c3779db0a33008511"},
    {DType::kQ5_K, 0.035F,
     "1c140124fdfafffdfefbfff85afef95550889fdfccf630400e1a2c8d59e98f97770acf5931b82650"
     "3fe9f67a2904af3ccc802d431ef86f5a54edc31f0eac1cb1cc5a64b816732b6d0daf224dbdbddfc1"
     "1ebbf9d88f0e2b91d05f359e67eb4056f33ac8dab0e5a4990a285e322e4ec63221ab8f6a96e596f1"
     "c780fdb50c0026b28390d8722fdaa0b11aee45ca865416c8950fb3f27f8ba1940edb5ec4da026771"
     "7ef8035f10d8ece87e03c70585112a31"},
    {DType::kQ6_K, 0.017F,
     "2991dae51d309ee5e81a664e2b98e833864c185f14ab9b355501dd46c5d6d05ea8710437d3de8cba"
     "2a2d78b200146237f97a3c26710e95bcd084357886675b797bc7601aaf231168ae4db381162bdf18"
     "77ea3baa010a6adcab30b57ba0222f3fe5f3911c23fdc2efe8505f7560003426fffe06a22bb4dbcb"
     "fd11a7071f366d66e5240b0a01cde1b1186d540373275bde6c5a39148103aa927854fb4a54f62c67"
     "a1560420763d8da7d695de07b0ab4245314baa3d04d0536914a2e520430f96007a8b736f837c8588"
     "87807b8c797b9668200c"},
    {DType::kIQ4_NL, 0.12F, "b99f1acf513649fdb9ac1e0affa011a101f7"},
    {DType::kIQ4_XS, 0.13F,
     "328cc3c34de10ea31acf513649fdb9ac1e0affa011a101f7e5b3c95a003fa2228b4fa5b05054f96e"
     "a745dd4d0f2fb540e837fb1f73f5c99c8f511000a20fbebb7054d55253e0145d56fac0620c24f36e"
     "2c87492dd1dfdc35c144643294efdd5795f3afe5d02891e5ea3691f80f3d50ca6694b6a12d093200"
     "dc8882e0f3139c9cdf7a1ef1caf864f3"},
    {DType::kTQ1_0, 0.5F,
     "7d2ee38e704d60592e9c2bc4b0d7d599f27f8dd85b257f64e0d53178d485f52c2e7d781286f8e880"
     "7f9cd4944d6021906298881dfe3b"},
    {DType::kTQ2_0, 0.5F,
     "1594a6a5a1281141945954a2429656195a55a596418455516656244556259a545155869265694954"
     "155519846254414565445521068a58555659951a4800550afe3b"},
    {DType::kMXFP4, 0.22F, "7c7cdf47635afec9ad7f7bffb777b777f2"},
    {DType::kQ8_1, 0.004F, "cb1f2840e3816916f4bef8d3a0e998796e62600d64d21f442e99d7ec6a7991e86aea7c8b"},
    {DType::kQ8_K, 0.004F,
     "b7de00bc1c7b9aeb0c40082c5d16658b96a2a3f49f2ce2bfd46428139a8b6c189a1688711e37f1e5"
     "6c914a52db951e70752ef8ada8dbd5236f3fed47002aeee22521a1190924b5b9858d2379f906d890"
     "4724f9cbe12fbc2c7b57dc34ac3f8c6e0f8cceee679d818eb5715e2b8acbdbadc186d74afddc928c"
     "1a862229f4e34adfe25498deeb1c84aa3bcec55e35f30a439b683be2dd6c2de681a56aeeaaffd1a9"
     "414c3dba6c323a4e348db7051f3f852a7dff6f26c2351843ee98b328f48ddfa3c052f7a0e30f65fd"
     "9cb979ea192f155ebff94b79a445f39b7e4026cd16f3d6e55776387330fcb297d0c6292f671346aa"
     "13fed6cf3a04004a62a60a0d37fca96a3361ed58ceff31ff0a015700dffe160007fe8efef6ff81ff"
     "c1015ffe4301640183ffc601"},
};

TEST(DType, DecodesBlocksThatTheReferenceQuantised) {
    for (const QuantisedBlock& block : kBlocks) {
        const std::vector<float> values = decode(block.dtype, block.hex);
        ASSERT_EQ(values.size(), info(block.dtype).block_elements);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float original = static_cast<float>(splitmix64(7, i) >> 40) / 0x1p23F - 1.0F;
            ASSERT_NEAR(values[i], original, block.tolerance) << info(block.dtype).name << " element " << i;
        }
    }
}

TEST(DType, DecodesEveryBlockOfARow) {
    const QuantisedBlock& block = kBlocks[4];
    const std::vector<float> once = decode(block.dtype, block.hex);
    const std::vector<float> twice = decode(block.dtype, std::string(block.hex) + block.hex);
    ASSERT_EQ(twice.size(), 2 * once.size());
    EXPECT_TRUE(
        std::equal(once.begin(), once.end(), twice.begin() + static_cast<std::ptrdiff_t>(once.size())));
}

}  // namespace
}  // namespace modelward::fingerprint
