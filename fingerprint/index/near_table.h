// SPDX-License-Identifier: Apache-2.0
// Finds, among many records, those whose sketch may be near another.
//
// Multi-index hashing (Norouzi, Punjani and Fleet, CVPR 2012): a sketch is cut into words of 16 bits, and a
// record is looked at when one of its words differs from the asked one in at most one bit. The directory has,
// for each word, the records in the order of hash buckets: bucket offsets first, then record numbers. Records
// of another key are never near. A small table is simply gone through.
//
// A view of memory that somebody else keeps, which may be a damaged file: every number in the directory is
// checked when it is followed.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {

// Record has `sketch` (a std::array of 64-bit words) and `key` (std::uint64_t).
template <typename Record>
class NearTable {
  public:
    using RecordSketch = decltype(Record::sketch);
    static constexpr std::size_t kWords = sizeof(RecordSketch) / 2;
    static constexpr std::size_t kGoneThrough = 1024;  // records that need no directory

    NearTable() = default;
    NearTable(std::span<const Record> records, std::span<const std::uint32_t> directory)
        : records_(records), directory_(directory) {}

    // What belongs to `records`; they keep their order.
    static std::vector<std::uint32_t> make_directory(std::span<const Record> records);

    // Whether a directory of this size can belong to so many records.
    static bool fits(std::size_t records, std::size_t directory) {
        return directory == (records <= kGoneThrough ? 0 : kWords * (buckets_of(records) + 1 + records));
    }

    // Calls `look` once for each record of this key that may be near. Two sketches that differ in fewer than
    // 2 * kWords bits always share such a word.
    template <typename Look>
    void find(std::uint64_t key, const RecordSketch& sketch, const Look& look) const {
        if (records_.size() <= kGoneThrough) {
            for (const Record& record : records_)
                if (record.key == key) look(record);
            return;
        }
        for (std::size_t word = 0; word < kWords; ++word) {
            const auto not_seen = [&](const Record& record) {
                if (!shares_word_before(word, sketch, record.sketch)) look(record);
            };
            const std::uint16_t asked = word_of(sketch, word);
            std::array<std::uint16_t, kWordBits + 1> values;
            for (std::size_t flip = 0; flip < kWordBits; ++flip)
                values[flip] = static_cast<std::uint16_t>(asked ^ 1U << flip);
            values.back() = asked;
            // Buckets and records lie about in memory: waiting for one after the other would be most of the
            // work.
            for (const std::uint16_t value : values)
                __builtin_prefetch(&part(word).offsets[bucket_of(key, value)]);
            for (const std::uint16_t value : values)
                __builtin_prefetch(in_bucket(key, word, value).data());
            for (const std::uint16_t value : values)
                look_in(in_bucket(key, word, value), key, word, value, not_seen);
        }
    }

    std::span<const Record> records() const { return records_; }

  private:
    static constexpr std::size_t kWordBits = 16;
    static constexpr std::size_t kAhead = 8;

    static std::uint16_t word_of(const RecordSketch& sketch, std::size_t word) {
        return static_cast<std::uint16_t>(sketch[word / 4] >> word % 4 * kWordBits);
    }
    static std::size_t buckets_of(std::size_t records) { return std::bit_ceil(records) / 4; }
    static std::size_t bucket_of(std::uint64_t key, std::uint16_t value, std::size_t buckets) {
        return splitmix64(key, value) & (buckets - 1);
    }
    std::size_t bucket_of(std::uint64_t key, std::uint16_t value) const {
        return bucket_of(key, value, buckets_of(records_.size()));
    }

    // What the directory has for one word.
    struct Part {
        std::span<const std::uint32_t> offsets, numbers;
    };
    Part part(std::size_t word) const {
        const std::size_t count = records_.size(), offsets = buckets_of(count) + 1;
        const auto of_word = directory_.subspan(word * (offsets + count), offsets + count);
        return {of_word.first(offsets), of_word.subspan(offsets)};
    }
    // The numbers of records.
    std::span<const std::uint32_t> in_bucket(std::uint64_t key, std::size_t word, std::uint16_t value) const {
        const auto [offsets, numbers] = part(word);
        const std::size_t bucket = bucket_of(key, value);
        const std::size_t end = std::min<std::size_t>(offsets[bucket + 1], numbers.size());
        const std::size_t begin = std::min<std::size_t>(offsets[bucket], end);
        return numbers.subspan(begin, end - begin);
    }

    static bool shares_word_before(std::size_t end, const RecordSketch& a, const RecordSketch& b) {
        for (std::size_t word = 0; word < end; ++word)
            if (const unsigned turned = word_of(a, word) ^ word_of(b, word); (turned & (turned - 1)) == 0)
                return true;
        return false;
    }

    template <typename Look>
    void look_in(std::span<const std::uint32_t> numbers, std::uint64_t key, std::size_t word,
                 std::uint16_t value, const Look& look) const {
        const std::size_t count = records_.size();
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            if (at + kAhead < numbers.size())
                __builtin_prefetch(&records_[std::min<std::size_t>(numbers[at + kAhead], count - 1)]);
            if (numbers[at] >= count) continue;
            const Record& record = records_[numbers[at]];
            if (record.key == key && word_of(record.sketch, word) == value) look(record);
        }
    }

    std::span<const Record> records_;
    std::span<const std::uint32_t> directory_;
};

template <typename Record>
std::vector<std::uint32_t> NearTable<Record>::make_directory(std::span<const Record> records) {
    if (records.size() <= kGoneThrough) return {};
    const std::size_t count = records.size(), buckets = buckets_of(count), stride = buckets + 1 + count;
    std::vector<std::uint32_t> directory(kWords * stride);
    for (std::size_t word = 0; word < kWords; ++word) {
        const std::span offsets = std::span(directory).subspan(word * stride, buckets + 1);
        const std::span numbers = std::span(directory).subspan(word * stride + buckets + 1, count);
        const auto bucket = [&](const Record& record) {
            return bucket_of(record.key, word_of(record.sketch, word), buckets);
        };
        // A counting sort: the offsets are first where buckets end, and move to where they begin.
        for (const Record& record : records)
            ++offsets[bucket(record)];
        std::uint32_t sum = 0;
        for (std::uint32_t& offset : offsets)
            offset = sum += offset;
        for (std::size_t number = count; number-- > 0;)
            numbers[--offsets[bucket(records[number])]] = static_cast<std::uint32_t>(number);
    }
    return directory;
}

}  // namespace modelward::fingerprint
