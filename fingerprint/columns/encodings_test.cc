// SPDX-License-Identifier: Apache-2.0
// The encodings of numbers, on the examples of the format's specification and beyond them.
#include <gtest/gtest.h>

#include "fingerprint/columns/bit_runs.h"
#include "fingerprint/columns/delta_numbers.h"
#include "fingerprint/testing/parquet_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using Numbers = std::vector<std::uint64_t>;

struct Reading {
    explicit Reading(Bytes content) : bytes(std::move(content)) {}
    Bytes bytes;
    MemorySource source{bytes};
    SourceStream stream{source};
    ByteReader reader{stream, 0, 4};
};

Numbers runs(const Bytes& bytes, unsigned width, std::size_t count, bool is_sound = true) {
    Reading reading(bytes);
    BitRuns runs(reading.reader, width);
    Numbers numbers;
    for (std::size_t i = 0; i < count; ++i)
        numbers.push_back(runs.next());
    EXPECT_EQ(reading.reader.ok(), is_sound);
    return numbers;
}

TEST(BitRuns, ReadsPackedNumbersAndRuns) {
    EXPECT_EQ(runs({3, 0x88, 0xC6, 0xFA}, 3, 8), (Numbers{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(runs({5 << 1, 7, 3, 0x88, 0xC6, 0xFA}, 3, 7), (Numbers{7, 7, 7, 7, 7, 0, 1}));
    EXPECT_EQ(runs({2 << 1, 0x34, 0x12}, 13, 2), (Numbers{0x1234, 0x1234}));
    EXPECT_EQ(runs({}, 0, 3), (Numbers{0, 0, 0})) << "numbers of no bits need no bytes";
}

TEST(BitRuns, RefusesWhatEndsOrCannotBe) {
    runs({3, 0x88}, 3, 8, false);
    runs({5 << 1, 7}, 3, 6, false);
    runs({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 1}, 1, 1, false);
    runs({0, 7, 0, 7, 0, 7}, 3, 1, false);
}

Numbers differences(const Bytes& bytes, bool is_sound = true) {
    Reading reading(bytes);
    DeltaNumbers delta(reading.reader);
    Numbers numbers;
    while (delta.left() != 0 && reading.reader.ok())
        numbers.push_back(delta.next());
    delta.finish();
    EXPECT_EQ(reading.reader.ok(), is_sound);
    EXPECT_TRUE(!is_sound || reading.reader.position() == bytes.size());
    return numbers;
}

TEST(DeltaNumbers, ReadsTheExamplesOfTheFormat) {
    EXPECT_EQ(differences({8, 1, 5, 2, 2, 0}), (Numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(differences({8, 1, 8, 14, 3, 2, 0xC0, 0x3F}), (Numbers{7, 5, 3, 1, 2, 3, 4, 5}));
    EXPECT_EQ(differences({8, 1, 1, 6}), Numbers{3});
    EXPECT_EQ(differences({8, 1, 2, 1, 2, 0}), (Numbers{~std::uint64_t{0}, 0})) << "-1, and one more";
}

TEST(DeltaNumbers, RefusesImpossibleBlocks) {
    differences({0, 1, 5, 2, 2, 0}, false);
    differences({8, 0, 5, 2, 2, 0}, false);
    differences({8, 3, 5, 2, 2, 0}, false);
    differences({8, 1, 5, 2, 2, 65, 1, 2, 3}, false);
    differences({8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 2, 2, 64, 1}, false);
}

}  // namespace
}  // namespace modelward::fingerprint
