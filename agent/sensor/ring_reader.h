// SPDX-License-Identifier: Apache-2.0
// Reads a BPF ring buffer and gives back only what was taken.
//
// libbpf's own consumer frees each record as soon as its callback returns. Here a whole batch is handed over
// first, and the kernel gets the space back when the caller says so: a consumer that dies in between is
// followed by one that sees the same records. Layout: Linux, Documentation/bpf/ringbuf.rst. All records have
// one size, so a record's place in the endless ring is its sequence number. Not thread-safe; one consumer for
// one ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace modelward::agent {

// The three parts of the mapped ring. The data area is mapped twice in a row, so that no record is ever
// split.
struct RingMemory {
    std::uint64_t* consumer_position;
    const std::uint64_t* producer_position;
    std::span<const std::byte> data;  // both copies
};

struct RingRecord {
    std::uint64_t sequence;  // from 1
    std::span<const std::byte> bytes;
};

class RingReader {
  public:
    RingReader(RingMemory memory, std::size_t record_bytes) : memory_(memory), record_bytes_(record_bytes) {}

    // What waits, oldest first, at most `limit`. The spans are valid until release(). kInvalid: not our ring.
    Result<std::vector<RingRecord>> peek(std::size_t limit);

    // Gives everything that the last peek() went over back to the kernel.
    void release();

    std::uint64_t waiting_bytes() const;

  private:
    RingMemory memory_;
    std::size_t record_bytes_;
    std::uint64_t peeked_to_ = 0;
};

// The mapping of a ring's map descriptor; unmaps itself.
class RingMapping {
  public:
    static Result<RingMapping> map(int map_fd, std::size_t ring_bytes);
    RingMapping(RingMapping&& other) noexcept;
    RingMapping& operator=(RingMapping&&) = delete;
    ~RingMapping();

    RingMemory memory() const;

  private:
    RingMapping(void* consumer, void* producer, std::size_t ring_bytes)
        : consumer_(consumer), producer_(producer), ring_bytes_(ring_bytes) {}

    void* consumer_;
    void* producer_;
    std::size_t ring_bytes_;
};

}  // namespace modelward::agent
