// SPDX-License-Identifier: Apache-2.0
// HDF5 inside wrapping: a .keras file is a zip with model.weights.h5 in it. HDF5 has its metadata all about
// the file, so of a stream no more is known than what the held front of it says.
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/containers/unwrap.h"
#include "fingerprint/testing/hdf5_writer.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using Reasons = std::vector<Unseen>;

// The root group first, then each matrix with its header behind it.
Bytes small_hdf5(std::size_t user_block = 0) {
    const std::vector<testing::StoredTensor> model = testing::small_model(1, "F32", testing::encode_f32);
    testing::Hdf5Children children;
    for (const auto& tensor : model)
        children.emplace_back(tensor.name, 0);
    const auto write = [&] {
        testing::Hdf5Writer file(2, user_block);
        const std::uint64_t root = file.group(children);
        for (std::size_t i = 0; i < model.size(); ++i)
            children[i].second = file.dataset(testing::hdf5_float(4), model[i].shape, model[i].data);
        return file.finish(root);
    };
    write();  // to learn the addresses
    return write();
}

Bytes keras(const std::string& compression, const Bytes& weights) {
    return testing::archive_of(Wrapping::kZip,
                               {{"metadata.json", testing::bytes_of("{}")},
                                {"config.json", testing::bytes_of("{\"module\": \"keras\"}")},
                                {"model.weights.h5", weights}},
                               "compression=" + compression);
}

std::size_t eligible(const Unwrapped& found) {
    return static_cast<std::size_t>(std::ranges::count_if(found.tensors, &TensorSketch::eligible));
}

TEST(Hdf5Inside, OfAKerasArchiveThatStoresItIsReadInPlace) {
    const Bytes file = keras("store", small_hdf5());
    const MemorySource source(file);
    const CountingSource counted(source);
    const Unwrapped found = unwrap(counted, limits_of(Depth::kSampled), nullptr).value();
    EXPECT_EQ(eligible(found), testing::kSmallMatrices);
    EXPECT_EQ(found.unseen, Reasons{});
    EXPECT_LT(counted.bytes_read(), file.size() / 2);
}

TEST(Hdf5Inside, OfAKerasArchiveThatCompressesItIsReadAsItComes) {
    for (const std::size_t user_block : {0U, 512U, 4096U}) {
        const Bytes file = keras("deflate", small_hdf5(user_block));
        const Unwrapped found = unwrap(MemorySource(file), limits_of(Depth::kSampled), nullptr).value();
        EXPECT_EQ(eligible(found), testing::kSmallMatrices) << user_block;
        EXPECT_EQ(found.unseen, Reasons{});
    }
}

TEST(Hdf5Inside, OfAStreamBeyondWhatIsHeldIsKnownByTheFrontOfIt) {
    const Bytes file = testing::wrapped(Wrapping::kGzip, small_hdf5());
    WrappingLimits limits;
    limits.held_bytes = 200'000;
    const Unwrapped found = unwrap(MemorySource(file), limits, nullptr).value();
    EXPECT_EQ(eligible(found), 3U) << "whose headers are in the first 200,000 bytes";
    EXPECT_EQ(found.unseen, Reasons{Unseen::kHeader});
}

}  // namespace
}  // namespace modelward::fingerprint
