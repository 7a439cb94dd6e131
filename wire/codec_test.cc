// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.h"

#include <gtest/gtest.h>

#include "wire/modelward.pb.h"

namespace modelward::wire {
namespace {

EventBatch batch_of(int events) {
    EventBatch batch;
    for (int i = 1; i <= events; ++i) {
        Event& event = *batch.add_events();
        event.set_sequence(static_cast<std::uint64_t>(i));
        event.set_reason("labelled");
    }
    return batch;
}

TEST(Codec, RoundTrips) {
    const std::string frame = encode(batch_of(200)).value();
    EventBatch back;
    ASSERT_TRUE(decode(frame, kMaxEventBatchBytes, back).has_value());
    ASSERT_EQ(back.events_size(), 200);
    EXPECT_EQ(back.events(199).sequence(), 200u);
}

TEST(Codec, AnEmptyMessageIsAMessage) {
    EventBatch back = batch_of(1);
    ASSERT_TRUE(decode(encode(EventBatch()).value(), 0, back).has_value());
    EXPECT_EQ(back.events_size(), 0);
}

TEST(Codec, StopsAtTheLimitAndNotBefore) {
    const std::string bomb = compress(std::string(1 << 20, '\0')).value();
    EXPECT_LT(bomb.size(), 1000u);
    EXPECT_EQ(decompress(bomb, 1 << 20).value().size(), 1u << 20);
    EXPECT_EQ(decompress(bomb, (1 << 20) - 1).error().code(), ErrorCode::kLimit);
}

TEST(Codec, RefusesCutExtendedAndForeignFrames) {
    const std::string frame = encode(batch_of(20)).value();
    EventBatch back;
    for (std::size_t length = 0; length < frame.size(); ++length) {
        EXPECT_FALSE(decode(frame.substr(0, length), kMaxEventBatchBytes, back).has_value()) << length;
    }
    EXPECT_FALSE(decode(frame + "x", kMaxEventBatchBytes, back).has_value());
    EXPECT_FALSE(decode("not a frame at all", kMaxEventBatchBytes, back).has_value());
    EXPECT_FALSE(decode(compress("not a message").value(), kMaxEventBatchBytes, back).has_value());
    EXPECT_EQ(back.events_size(), 0) << "nothing is left of a refused message";
}

}  // namespace
}  // namespace modelward::wire
