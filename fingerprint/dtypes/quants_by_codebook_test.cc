// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/hex.h"
#include "fingerprint/dtypes/dtype.h"
#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

using Values = std::vector<float>;

Values decode(DType dtype, const std::vector<std::uint8_t>& bytes) {
    const DTypeInfo& type = info(dtype);
    Values values(bytes.size() / type.block_bytes * type.block_elements);
    type.decode(bytes, values);
    return values;
}

// A block of each type that ggml made of uniform values (importance: all alike); the signs of what ggml reads
// from it, element 0 in the lowest bit of the first byte; and how far ggml's values are from the originals.
struct QuantisedBlock {
    DType dtype;
    float tolerance;
    const char* negative;
    const char* hex;
};

const QuantisedBlock kBlocks[] = {
    {DType::kIQ2_XXS, 0.55F, "f387e2acd73cb8b2c330bb0ae184d1249369c6729fdb8e604ecf72f3c317dbbb",
     "ad1e096b3feff38398f5c398966c571e4ed6e694362c43d84ee132ab6a79614294e4b7c283f593b4"
     "51de425766a99fad03eccef0ace9cea77cde341437aac3cb76c7"},
    {DType::kIQ2_XS, 0.49F, "f387e2acd73cb8b2c330bb0ae184d1249369c6729fdb8e604ecf72f3c317dbbb",
     "ae2049e6ef0e42c45a5968af1c792471cd64de871e613d777914cac2760978a2e6486527bdd2f98c"
     "d8e5ca3e81b7711dc3c1fa9ccb9f3ce445e76787202f5eb63177f98e99aa8b89c8c7"},
    {DType::kIQ2_S, 0.38F, "f307e2acd33cb8b3c332ba1ae180d024926d46709fdb8e2046cf72f1c117dbb9",
     "a5205842abe6f1205574d40b93b1292e71a6ae724ad85f105d4cbaae96d18c939b8df307e2acd33c"
     "b8b3c332ba1ae180d024926d46709fdb8e2046cf72f1c117dbb9c46a0b699695cdc89c8ab9afa9ab"
     "aa78"},
    {DType::kIQ3_XXS, 0.38F, "f387e2acd73cb8b2c330bb0ae184d1249369c6729fdb8e604ecf72f3c317dbbb",
     "a6195d68e62b9d2034e641b9e0b19db1485f7eccc9645399d320c083b09ed2445186c3d38e56502c"
     "cda1d42dac8a985de0dc2f33dffddc7a4ae2fda1d49aae72fddef38398d5571e4eb643d84ef16142"
     "94f493b451ce9fad03bccea77ccec3cb76a7"},
    {DType::kIQ3_S, 0.24F, "f307e2acd33cb8b3c332ba1ae180d024926d46709fdb8e2046cf72f1c117dbb9",
     "771963d0d95c6b8a5cd978afcc608f6b76b239cba3cef6efd797b90b6b77b3e59c038da51996375b"
     "7940835dc10f740ccde45fc0a0f897ec8dafd635b7385c7cd6c7942e479fc7f99cdff307e2acd33c"
     "b8b3c332ba1ae180d024926d46709fdb8e2046cf72f1c117dbb9dcfebdbd"},
};

float original(std::size_t element) {
    return static_cast<float>(splitmix64(7, element) >> 40) / 0x1p23F - 1.0F;
}

class QuantsByCodebook : public ::testing::TestWithParam<QuantisedBlock> {
  protected:
    std::vector<std::uint8_t> bytes_ = from_hex(GetParam().hex).value();
    Values values_ = decode(GetParam().dtype, bytes_);
};

TEST_P(QuantsByCodebook, SignsAreThoseOfTheReference) {
    const auto negative = from_hex(GetParam().negative).value();
    ASSERT_EQ(values_.size(), 8 * negative.size());
    for (std::size_t i = 0; i < values_.size(); ++i) {
        ASSERT_NE(values_[i], 0.0F) << i;
        ASSERT_EQ(std::signbit(values_[i]), (negative[i / 8] >> (i % 8) & 1) != 0) << i;
    }
}

TEST_P(QuantsByCodebook, TheLastMagnitudesOfVectorsAreThoseOfTheReference) {
    const bool is_iq2 = info(GetParam().dtype).name.starts_with("IQ2");
    const std::size_t vector = is_iq2 ? 8 : 4;
    for (std::size_t last = vector - 1; last < values_.size(); last += vector)
        ASSERT_NEAR(values_[last], original(last), GetParam().tolerance) << last;
}

TEST_P(QuantsByCodebook, ValuesAreLikeTheOriginals) {
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
        xy += double{values_[i]} * original(i);
        xx += double{original(i)} * original(i);
        yy += double{values_[i]} * values_[i];
    }
    EXPECT_GT(xy / std::sqrt(xx * yy), 0.85);
    EXPECT_NEAR(xy / xx, 0.9, 0.15);  // neither twice as large, nor half
}

TEST_P(QuantsByCodebook, EveryBlockOfARowIsDecoded) {
    std::vector<std::uint8_t> twice(2 * bytes_.size());
    std::ranges::copy(bytes_, twice.begin() + static_cast<std::ptrdiff_t>(bytes_.size()));
    const Values both = decode(GetParam().dtype, twice);  // the first is zeros
    ASSERT_EQ(both.size(), 2 * values_.size());
    EXPECT_EQ(Values(both.begin(), both.begin() + 256), Values(256, 0.0F));
    EXPECT_EQ(Values(both.begin() + 256, both.end()), values_);
}

TEST_P(QuantsByCodebook, AnyBytesAreAccepted) {
    const Values values = decode(GetParam().dtype, std::vector<std::uint8_t>(bytes_.size(), 0xff));
    EXPECT_TRUE(std::isnan(values.front()));  // 0xffff as scale
    EXPECT_TRUE(std::isnan(values.back()));
}

INSTANTIATE_TEST_SUITE_P(Types, QuantsByCodebook, ::testing::ValuesIn(kBlocks), [](const auto& test) {
    return std::string(fingerprint::info(test.param.dtype).name);
});

TEST(QuantsByCodebook, TheEighthSignMakesTheirNumberEven) {
    std::vector<std::uint8_t> block(66);
    block[1] = 0x3c;         // 1 as scale
    block[6] = 0b1000'0001;  // seven signs of the first group, and one of the second
    const Values values = decode(DType::kIQ2_XXS, block);
    for (std::size_t i = 0; i < 32; ++i)
        EXPECT_EQ(values[i] < 0, i == 0 || i == 7 || i == 8 || i == 15) << i;
}

// Index 0 has the least magnitudes, the last one the greatest, and those between are in ascending order.
TEST(QuantsByCodebook, AnIndexTellsTheLastMagnitudes) {
    const auto with_index = [](unsigned index) {
        std::vector<std::uint8_t> block(110);
        block[1] = 0x3c;
        block[2] = static_cast<std::uint8_t>(index);
        block[66] = static_cast<std::uint8_t>(index >> 8);
        const Values values = decode(DType::kIQ3_S, block);
        return Values(values.begin(), values.begin() + 4);
    };
    EXPECT_EQ(with_index(0)[3], 1);
    EXPECT_EQ(with_index(0)[2], 1);
    EXPECT_EQ(with_index(108)[3], 1);
    EXPECT_EQ(with_index(108)[2], 15);
    EXPECT_EQ(with_index(109)[3], 3);
    EXPECT_EQ(with_index(109)[2], 1);
    EXPECT_EQ(with_index(511)[3], 15);
    EXPECT_EQ(with_index(511)[2], 15);
    EXPECT_EQ(with_index(511)[0], with_index(0)[0]);
    EXPECT_EQ(with_index(511)[1], with_index(0)[1]);
}

}  // namespace
}  // namespace modelward::fingerprint
