// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/ring_reader.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cstring>

namespace modelward::agent {

namespace {

constexpr std::size_t kRingBytes = 64;
constexpr std::size_t kRecordBytes = 8;  // with its header a stride of 16: four fit

// A ring in plain memory, written as the kernel does it.
class FakeRing {
  public:
    RingReader reader() { return RingReader({&consumer_, &producer_, data_}, kRecordBytes); }

    void put(std::uint64_t value, std::uint32_t flags = 0) {
        const std::uint32_t length = kRecordBytes | flags;
        for (const std::size_t copy : {std::size_t{0}, kRingBytes}) {
            std::byte* record = data_ + copy + producer_ % kRingBytes;
            std::memcpy(record, &length, sizeof length);
            std::memcpy(record + BPF_RINGBUF_HDR_SZ, &value, sizeof value);
        }
        producer_ += 16;
    }
    void commit_at(std::uint64_t position) {
        const std::uint32_t length = kRecordBytes;
        std::memcpy(data_ + position % kRingBytes, &length, sizeof length);
    }
    std::uint64_t consumer() const { return consumer_; }
    void set_producer(std::uint64_t position) { producer_ = position; }

  private:
    std::uint64_t consumer_ = 0, producer_ = 0;
    alignas(8) std::byte data_[2 * kRingBytes] = {};
};

std::uint64_t value_of(const RingRecord& record) {
    std::uint64_t value;
    std::memcpy(&value, record.bytes.data(), sizeof value);
    return value;
}

TEST(RingReader, AnEmptyRingHasNothing) {
    FakeRing ring;
    auto reader = ring.reader();
    EXPECT_TRUE(reader.peek(10)->empty());
    reader.release();
    EXPECT_EQ(ring.consumer(), 0u);
}

TEST(RingReader, RecordsComeInOrderWithTheirPlaceAsNumber) {
    FakeRing ring;
    auto reader = ring.reader();
    ring.put(100);
    ring.put(101);
    const auto records = reader.peek(10);
    ASSERT_EQ(records->size(), 2u);
    EXPECT_EQ((*records)[0].sequence, 1u);
    EXPECT_EQ(value_of((*records)[0]), 100u);
    EXPECT_EQ((*records)[1].sequence, 2u);
    EXPECT_EQ(value_of((*records)[1]), 101u);
}

TEST(RingReader, WhatWasNotReleasedIsSeenAgainByTheNextReader) {
    FakeRing ring;
    ring.put(100);
    EXPECT_EQ(ring.reader().peek(10)->size(), 1u);
    auto next = ring.reader();
    EXPECT_EQ(next.peek(10)->size(), 1u);
    next.release();
    EXPECT_EQ(ring.consumer(), 16u);
    EXPECT_TRUE(ring.reader().peek(10)->empty());
}

TEST(RingReader, ReleaseGivesBackOnlyWhatWasPeeked) {
    FakeRing ring;
    auto reader = ring.reader();
    for (std::uint64_t i = 0; i < 3; ++i)
        ring.put(i);
    EXPECT_EQ(reader.peek(2)->size(), 2u);
    reader.release();
    EXPECT_EQ(ring.consumer(), 32u);
    EXPECT_EQ(value_of(reader.peek(2)->at(0)), 2u);
}

TEST(RingReader, NumbersGoOnWhenTheRingWraps) {
    FakeRing ring;
    auto reader = ring.reader();
    for (std::uint64_t i = 0; i < 11; ++i) {
        ring.put(i);
        const auto records = reader.peek(10);
        ASSERT_EQ(records->size(), 1u);
        EXPECT_EQ(records->at(0).sequence, i + 1);
        EXPECT_EQ(value_of(records->at(0)), i);
        reader.release();
    }
}

TEST(RingReader, ARecordThatIsStillBeingWrittenHoldsBackThoseBehindIt) {
    FakeRing ring;
    auto reader = ring.reader();
    ring.put(1, BPF_RINGBUF_BUSY_BIT);
    ring.put(2);
    EXPECT_TRUE(reader.peek(10)->empty());
    reader.release();
    EXPECT_EQ(ring.consumer(), 0u);
    ring.commit_at(0);
    EXPECT_EQ(reader.peek(10)->size(), 2u);
}

TEST(RingReader, DiscardedRecordsKeepTheirNumber) {
    FakeRing ring;
    auto reader = ring.reader();
    ring.put(1, BPF_RINGBUF_DISCARD_BIT);
    ring.put(2);
    const auto records = reader.peek(10);
    ASSERT_EQ(records->size(), 1u);
    EXPECT_EQ(records->at(0).sequence, 2u);
}

TEST(RingReader, ARingOfAnotherShapeIsRefused) {
    FakeRing misplaced;
    misplaced.set_producer(kRingBytes + 16);  // further ahead than the ring is long
    EXPECT_EQ(misplaced.reader().peek(10).error().code(), ErrorCode::kInvalid);

    FakeRing foreign;
    foreign.put(1, 1u << 4);  // 24 bytes long
    EXPECT_EQ(foreign.reader().peek(10).error().code(), ErrorCode::kInvalid);
}

}  // namespace

}  // namespace modelward::agent
