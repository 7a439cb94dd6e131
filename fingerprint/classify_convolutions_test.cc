// SPDX-License-Identifier: Apache-2.0
// Formats keep the four dimensions of a convolution in orders of their own.
#include <gtest/gtest.h>

#include "fingerprint/classify.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

constexpr std::uint64_t kOut = 96;
constexpr std::uint64_t kIn = 80;
constexpr std::uint64_t kHeight = 3;
constexpr std::uint64_t kWidth = 3;

struct Convolution {
    const char* order;  // of O, I, H and W, outermost first
    std::uint64_t seed;
};

std::uint64_t extent(char dimension) {
    return dimension == 'O' ? kOut : dimension == 'I' ? kIn : dimension == 'H' ? kHeight : kWidth;
}

testing::StoredTensor layer(const Convolution& of, std::uint64_t number) {
    const auto values = testing::weights(of.seed * 100 + number, kOut * kIn * kHeight * kWidth);
    const std::string_view order = of.order;
    std::vector<std::uint64_t> shape;
    for (const char dimension : order)
        shape.push_back(extent(dimension));
    std::vector<float> stored(values.size());
    std::uint64_t at = 0;
    for (std::uint64_t o = 0; o < kOut; ++o)
        for (std::uint64_t i = 0; i < kIn; ++i)
            for (std::uint64_t h = 0; h < kHeight; ++h)
                for (std::uint64_t w = 0; w < kWidth; ++w) {
                    std::uint64_t place = 0;
                    for (const char dimension : order)
                        place = place * extent(dimension) + (dimension == 'O'   ? o
                                                             : dimension == 'I' ? i
                                                             : dimension == 'H' ? h
                                                                                : w);
                    stored[place] = values[at++];
                }
    return {"conv" + std::to_string(number), "F32", shape, testing::encode_f32(stored)};
}

Bytes model(const Convolution& of) {
    std::vector<testing::StoredTensor> layers;
    for (std::uint64_t number = 0; number < 4; ++number)
        layers.push_back(layer(of, number));
    return testing::safetensors_file(layers);
}

std::vector<Match> matches(const Convolution& registered, const Convolution& seen) {
    const Index index = testing::index_of({{1, make_fingerprint(MemorySource(model(registered))).value()}});
    return classify(MemorySource(model(seen)), index, Depth::kSampled).value().matches;
}

constexpr const char* kOrders[] = {"OIHW", "OHWI", "HWIO"};  // ONNX and PyTorch, TFLite, TensorFlow

TEST(ClassifyConvolutions, FindsThemInEveryOrder) {
    for (const char* registered : kOrders) {
        for (const char* seen : kOrders) {
            if (registered == seen) continue;
            const auto found = matches({registered, 1}, {seen, 1});
            ASSERT_EQ(found.size(), 1U) << registered << " as " << seen;
            EXPECT_EQ(found[0].method, Method::kRows);
            EXPECT_EQ(found[0].distance, 0);
            EXPECT_NEAR(found[0].share, 1, 1e-9);
        }
    }
}

TEST(ClassifyConvolutions, AccusesNoOtherModel) {
    for (const char* registered : kOrders)
        for (const char* seen : kOrders)
            EXPECT_TRUE(matches({registered, 1}, {seen, 2}).empty()) << registered << " as " << seen;
}

}  // namespace
}  // namespace modelward::fingerprint
