// SPDX-License-Identifier: Apache-2.0
// HDF5 inside wrapping: a .keras file is a zip with model.weights.h5 in it. HDF5 has its metadata all about
// the file, so of a stream no more is known than what the held front of it says.
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/containers/unwrap.h"
#include "fingerprint/testing/hdf5_chunks.h"
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

// The same with its matrices in chunks of [16, 100], put through the filters.
Bytes chunked_hdf5(const std::vector<std::uint16_t>& filters) {
    const std::vector<testing::StoredTensor> model = testing::small_model(1, "F32", testing::encode_f32);
    testing::Hdf5Children children;
    for (const auto& tensor : model)
        children.emplace_back(tensor.name, 0);
    const auto write = [&] {
        testing::Hdf5Writer file(2);
        const std::uint64_t root = file.group(children);
        for (std::size_t i = 0; i < model.size(); ++i)
            children[i].second =
                model[i].shape.size() < 2
                    ? file.dataset(testing::hdf5_float(4), model[i].shape, model[i].data)
                    : testing::add_chunked(file, model[i].shape, {16, 100}, filters, model[i].data);
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

TEST(Hdf5Inside, InChunksIsReadInPlaceOrFromMemory) {
    for (const char* compression : {"store", "deflate"}) {
        const Bytes file = keras(compression, chunked_hdf5({testing::kHdf5Shuffle, testing::kHdf5Deflate}));
        const Unwrapped found = unwrap(MemorySource(file), limits_of(Depth::kSampled), nullptr).value();
        EXPECT_EQ(eligible(found), testing::kSmallMatrices) << compression;
        EXPECT_EQ(found.unseen, Reasons{}) << compression;
    }
}

TEST(Hdf5Inside, InChunksInAStreamBeyondWhatIsHeldIsSaidToBeUnseen) {
    const Bytes file = testing::wrapped(Wrapping::kGzip, chunked_hdf5({}));
    WrappingLimits limits;
    limits.held_bytes = 300'000;
    const Unwrapped found = unwrap(MemorySource(file), limits, nullptr).value();
    EXPECT_EQ(eligible(found), 0U);
    EXPECT_EQ(std::ranges::count(found.unseen, Unseen::kSeek), 1);
}

// What is beside it must not hide it.
TEST(Hdf5Inside, ThatIsReadInPartIsSaidToBe) {
    testing::Hdf5Writer writer(0);
    const auto plain = writer.dataset(testing::hdf5_float(4), {2}, Bytes(8));
    const auto packed = testing::add_chunked(writer, {4, 4}, {2, 4}, {32001}, Bytes(64));
    const Bytes weights = writer.finish(writer.group({{"plain", plain}, {"packed", packed}}));
    for (const char* compression : {"store", "deflate"}) {
        const Unwrapped found =
            unwrap(MemorySource(keras(compression, weights)), limits_of(Depth::kSampled), nullptr).value();
        EXPECT_EQ(found.tensors.size(), 1U) << compression;
        EXPECT_EQ(found.unseen, Reasons{Unseen::kUnsupported}) << compression;
    }
}

TEST(Hdf5Inside, InChunksCountsWhatTheyDecodeToAgainstTheLimitOfTheWhole) {
    const Bytes weights = chunked_hdf5({testing::kHdf5Deflate});
    const Bytes file = testing::archive_of(Wrapping::kZip, {{"a", weights}, {"b", weights}, {"c", weights}},
                                           "compression=store");
    WrappingLimits limits;
    const std::size_t three = unwrap(MemorySource(file), limits, nullptr)->tensors.size();
    limits.decoded_bytes = 1'000'000;  // that of one is between a half and a whole of it
    const Unwrapped found = unwrap(MemorySource(file), limits, nullptr).value();
    EXPECT_EQ(found.tensors.size(), three / 3 * 2);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kDecodedBytes});
}

TEST(Hdf5Inside, InChunksThatAreBrokenIsSaidToBeCorrupt) {
    Bytes weights = chunked_hdf5({testing::kHdf5Deflate});
    const std::string front = {0x78, 0x01};  // of deflated data, as it is written here
    for (auto at = weights.begin(); at != weights.end();) {
        at = std::search(at, weights.end(), front.begin(), front.end());
        if (at == weights.end()) break;
        *at++ = 0;
    }
    const Unwrapped found =
        unwrap(MemorySource(keras("store", weights)), limits_of(Depth::kSampled), nullptr).value();
    EXPECT_EQ(eligible(found), 0U);
    EXPECT_EQ(found.unseen, Reasons{Unseen::kCorrupt});
}

}  // namespace
}  // namespace modelward::fingerprint
