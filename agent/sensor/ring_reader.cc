// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/ring_reader.h"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <utility>

namespace modelward::agent {

namespace {

std::uint64_t load_acquire(const std::uint64_t* place) {
    return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

std::size_t page_bytes() {
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Result<std::vector<RingRecord>> RingReader::peek(std::size_t limit) {
    const std::uint64_t ring_bytes = memory_.data.size() / 2;
    const std::uint64_t stride = (BPF_RINGBUF_HDR_SZ + record_bytes_ + 7) / 8 * 8;
    const std::uint64_t produced = load_acquire(memory_.producer_position);
    std::uint64_t position = *memory_.consumer_position;
    if (position % stride || produced < position || produced - position > ring_bytes)
        return fail(ErrorCode::kInvalid,
                    fmt::format("event ring: positions {} and {} do not fit records of {} bytes", position,
                                produced, stride));
    std::vector<RingRecord> records;
    while (position < produced && records.size() < limit) {
        const std::byte* header = memory_.data.data() + position % ring_bytes;
        const std::uint32_t length =
            __atomic_load_n(reinterpret_cast<const std::uint32_t*>(header), __ATOMIC_ACQUIRE);
        if (length & BPF_RINGBUF_BUSY_BIT) break;  // still being written; what follows it waits too
        if ((length & ~BPF_RINGBUF_DISCARD_BIT) != record_bytes_)
            return fail(ErrorCode::kInvalid, fmt::format("event ring: a record of {} bytes; {} are expected",
                                                         length & ~BPF_RINGBUF_DISCARD_BIT, record_bytes_));
        if (!(length & BPF_RINGBUF_DISCARD_BIT))
            records.push_back({position / stride + 1, {header + BPF_RINGBUF_HDR_SZ, record_bytes_}});
        position += stride;
    }
    peeked_to_ = position;
    return records;
}

void RingReader::release() {
    if (peeked_to_) __atomic_store_n(memory_.consumer_position, peeked_to_, __ATOMIC_RELEASE);
}

std::uint64_t RingReader::waiting_bytes() const {
    return load_acquire(memory_.producer_position) - load_acquire(memory_.consumer_position);
}

Result<RingMapping> RingMapping::map(int map_fd, std::size_t ring_bytes) {
    const std::size_t page = page_bytes();
    void* consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
    if (consumer == MAP_FAILED) return fail_errno("map the event ring");
    void* producer =
        ::mmap(nullptr, page + 2 * ring_bytes, PROT_READ, MAP_SHARED, map_fd, static_cast<off_t>(page));
    if (producer == MAP_FAILED) {
        auto error = fail_errno("map the event ring");
        ::munmap(consumer, page);
        return error;
    }
    return RingMapping(consumer, producer, ring_bytes);
}

RingMapping::RingMapping(RingMapping&& other) noexcept
    : consumer_(std::exchange(other.consumer_, nullptr)),
      producer_(std::exchange(other.producer_, nullptr)),
      ring_bytes_(other.ring_bytes_) {}

RingMapping::~RingMapping() {
    if (consumer_) ::munmap(consumer_, page_bytes());
    if (producer_) ::munmap(producer_, page_bytes() + 2 * ring_bytes_);
}

RingMemory RingMapping::memory() const {
    const auto* producer = static_cast<const std::byte*>(producer_);
    return {static_cast<std::uint64_t*>(consumer_),
            static_cast<const std::uint64_t*>(producer_),
            {producer + page_bytes(), 2 * ring_bytes_}};
}

}  // namespace modelward::agent
