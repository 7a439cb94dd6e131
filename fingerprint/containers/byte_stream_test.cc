// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/byte_stream.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

// Gives at most three bytes at once.
class Trickle final : public ByteStream {
  public:
    explicit Trickle(const Bytes& bytes) : bytes_(bytes) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override {
        if (into.empty()) ADD_FAILURE() << "asked for nothing";
        const std::size_t length = std::min({into.size(), bytes_.size() - at_, std::size_t{3}});
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), length, into.begin());
        at_ += length;
        return length;
    }

  private:
    const Bytes& bytes_;
    std::size_t at_ = 0;
};

Bytes all_of(ByteStream& stream, std::size_t block) {
    Bytes all, into(block);
    while (true) {
        const auto got = stream.read(into);
        EXPECT_TRUE(got.has_value());
        if (!got || *got == 0) return all;
        all.insert(all.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*got));
    }
}

TEST(SourceStream, ReadsFromFrontToBack) {
    const Bytes bytes = testing::noise_bytes(1, 1000);
    const MemorySource source(bytes);
    SourceStream stream(source);
    EXPECT_EQ(all_of(stream, 77), bytes);
    stream.seek(990);
    EXPECT_EQ(all_of(stream, 77), Bytes(bytes.end() - 10, bytes.end()));
    stream.seek(~std::uint64_t{0});
    EXPECT_TRUE(all_of(stream, 77).empty());
}

TEST(PeekableStream, DeliversWhatWasPeekedAt) {
    const Bytes bytes = testing::noise_bytes(2, 20'000);
    Trickle input(bytes);
    PeekableStream stream(input);
    for (const std::size_t wanted : {10U, 5000U, 100U, 12'345U}) {
        const auto peeked = stream.peek(wanted);
        ASSERT_TRUE(peeked.has_value());
        EXPECT_TRUE(std::ranges::equal(*peeked, std::span(bytes).first(wanted)));
    }
    EXPECT_EQ(all_of(stream, 1000), bytes);
}

TEST(PeekableStream, PeeksAgainAfterReading) {
    const Bytes bytes = testing::noise_bytes(3, 1000);
    Trickle input(bytes);
    PeekableStream stream(input);
    ASSERT_TRUE(stream.peek(100).has_value());
    Bytes into(60);
    ASSERT_EQ(stream.read(into).value(), 60U);
    EXPECT_TRUE(std::ranges::equal(stream.peek(200).value(), std::span(bytes).subspan(60, 200)));
}

TEST(PeekableStream, GivesWhatThereIsOfAShortStream) {
    const Bytes bytes = testing::noise_bytes(4, 50);
    Trickle input(bytes);
    PeekableStream stream(input);
    EXPECT_EQ(stream.peek(std::size_t{1} << 40).value().size(), 50U);
    EXPECT_EQ(all_of(stream, 7), bytes);
    EXPECT_TRUE(stream.peek(10).value().empty());
}

}  // namespace
}  // namespace modelward::fingerprint
