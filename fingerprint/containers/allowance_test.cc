// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/allowance.h"

#include <gtest/gtest.h>

#include <memory>

#include "fingerprint/containers/metered_stream.h"

namespace modelward::fingerprint {
namespace {

struct AllowanceTest : ::testing::Test {
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(1000);
    MemorySource source{bytes};
    CountingSource file{source};

    void read(std::size_t count) {
        std::vector<std::uint8_t> into(count);
        ASSERT_TRUE(file.read(0, into).has_value());
    }
};

TEST_F(AllowanceTest, EndsAtTheNumberOfEntries) {
    Allowance allowance({.entries = 2}, file);
    EXPECT_TRUE(allowance.take_entry());
    EXPECT_TRUE(allowance.take_entry());
    EXPECT_EQ(allowance.ended(), std::nullopt);
    EXPECT_FALSE(allowance.take_entry());
    EXPECT_EQ(allowance.ended(), Unseen::kEntries);
}

TEST_F(AllowanceTest, EndsAtTheDecodedBytesUnderTheNameThatTheDepthGivesIt) {
    for (const Unseen reason : {Unseen::kDecodedBytes, Unseen::kSampled}) {
        Allowance allowance({.decoded_bytes = 100, .decoded_reason = reason}, file);
        EXPECT_TRUE(allowance.take_decoded(60));
        EXPECT_TRUE(allowance.take_decoded(40));
        EXPECT_FALSE(allowance.take_decoded(1));
        EXPECT_EQ(allowance.ended(), reason);
        EXPECT_FALSE(allowance.take_entry()) << "it ends as a whole";
    }
}

TEST_F(AllowanceTest, HoldsTheRatioAgainstWhatWasReadOfTheFile) {
    Allowance allowance({.ratio = 10, .ratio_grace = 500}, file);
    EXPECT_TRUE(allowance.take_decoded(500)) << "grace";
    read(100);
    EXPECT_TRUE(allowance.take_decoded(500)) << "1000 for 100";
    EXPECT_FALSE(allowance.take_decoded(100));
    EXPECT_EQ(allowance.ended(), Unseen::kRatio);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they have allocators of their own
TEST_F(AllowanceTest, SeesMemoryThatIsAllocatedAndNotYetTouched) {
    const Allowance allowance({.memory = 10 << 20}, file);
    EXPECT_TRUE(allowance.has_memory());
    {
        const std::unique_ptr<void, void (*)(void*)> window(::operator new(20 << 20),
                                                            [](void* memory) { ::operator delete(memory); });
        EXPECT_FALSE(allowance.has_memory());
    }
    EXPECT_TRUE(allowance.has_memory());
}

// Bytes without end, for which memory is allocated once.
struct Hungry final : ByteStream {
    explicit Hungry(int when) : when_(when) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override {
        if (++reads_ == when_) memory_.resize(std::size_t{4} << 20);
        return into.size();
    }
    int when_, reads_ = 0;
    std::vector<std::uint8_t> memory_;
};

TEST_F(AllowanceTest, OfMemoryIsAskedAfterTheFirstBytesAndNowAndThen) {
    const auto reads_until_it_is_seen = [&](int when) {
        Allowance allowance({.memory = 1 << 20}, file);
        Hungry hungry(when);
        MeteredStream metered(hungry, allowance);
        std::vector<std::uint8_t> block(4096);
        while (hungry.reads_ < 100 && metered.read(block)) {
        }
        return hungry.reads_;
    };
    EXPECT_EQ(reads_until_it_is_seen(1), 1);
    EXPECT_EQ(reads_until_it_is_seen(2), 17);
    EXPECT_EQ(reads_until_it_is_seen(18), 33);
}
#endif

TEST(Unseen, IsKeptOnceAndInOrder) {
    std::vector<Unseen> reasons;
    for (const Unseen reason : {Unseen::kRatio, Unseen::kEncrypted, Unseen::kRatio, Unseen::kDepth})
        note(reasons, reason);
    EXPECT_EQ(reasons, (std::vector{Unseen::kEncrypted, Unseen::kDepth, Unseen::kRatio}));
}

}  // namespace
}  // namespace modelward::fingerprint
