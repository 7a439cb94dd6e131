// SPDX-License-Identifier: Apache-2.0
// Events that wait for the console: durable, in order, each once, within a size.
//
// - append() is one transaction: all of the batch is stored or nothing. Each stored event gets the next
// sequence.
// - A kernel event that was stored before (the agent died before the kernel took it back) is not stored
// again.
// - Telemetry may fill max_bytes - block_reserve_bytes; what was refused may fill all. Telemetry beyond its
// share is
//   counted as lost. A block that finds no room, or a disk that is full, makes append() fail and store
//   nothing: the caller leaves the events where they are (the kernel's ring), which loses nothing while the
//   ring has room.
// - What was lost is stored as one LOSS event as soon as there is room.
// - A spool has an identity, made with its file: sequences mean something only together with it.
// The size is what the events take in the database; SQLite's own overhead comes on top (about 5 %).
// Not thread-safe. Errors: kLimit no room for a block; kIo the database or the disk refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/sqlite/sqlite.h"
#include "wire/modelward.pb.h"

namespace modelward::agent {

struct SpoolLimits {
    std::uint64_t max_bytes;
    std::uint64_t block_reserve_bytes;
};

// Where an event stood in the kernel: each of its rings numbers its own, within the epoch.
struct KernelPlace {
    std::uint8_t ring = 0;
    std::uint64_t sequence = 0;
};

struct SpoolItem {
    wire::Event event;  // its sequence is ignored
    std::optional<KernelPlace> kernel;
};

struct SpoolCounters {
    std::uint64_t events = 0;  // waiting
    std::uint64_t bytes = 0;   // waiting
    std::uint64_t last_sequence = 0;
    std::uint64_t lost = 0;        // since this process started
    std::uint64_t duplicates = 0;  // kernel events that were stored already
};

class Spool {
  public:
    Spool(Spool&&) = default;
    Spool& operator=(Spool&&) = delete;
    static Result<Spool> open(const std::filesystem::path& path, SpoolLimits limits);

    // Kernel sequences count from 1 again after a boot and whenever the sensor was loaded anew.
    Result<void> start_epoch(std::string_view boot_id, bool sensor_adopted);

    Result<void> append(std::span<const SpoolItem> items);
    Result<void> append(wire::Event event);

    // Oldest first, sequence set; nothing that was acknowledged. Ends early after `most_bytes`, but not
    // before one.
    Result<std::vector<wire::Event>> read(std::size_t most, std::size_t most_bytes = SIZE_MAX);

    // All up to and including `sequence` is durable elsewhere.
    Result<void> acknowledge(std::uint64_t sequence);

    // Takes over what waits in another spool, in its order.
    Result<void> take_over(Spool& other);

    // Something the caller could not even build; reported by the next LOSS event.
    void count_lost(std::uint64_t events) { pending_loss_ += events, counters_.lost += events; }

    const std::string& id() const { return id_; }  // a UUID
    // Another identity for the same events: this file is an older copy, and the console has seen more under
    // the old one. Sequences go on.
    Result<void> change_id();

    const SpoolCounters& counters() const { return counters_; }
    Database& database() { return *database_; }  // the policy archive lives in the same file

  private:
    Spool(Database database, SpoolLimits limits)
        : database_(std::make_unique<Database>(std::move(database))), limits_(limits) {}
    Result<void> prepare();
    Result<void> identify();
    Result<void> store(const wire::Event& event, SpoolCounters& after);
    Result<bool> stored_before(const KernelPlace& place);
    Result<void> forget_old_places();
    std::uint64_t room_for(const wire::Event& event) const;

    std::unique_ptr<Database> database_;  // the archive keeps its address
    SpoolLimits limits_;
    std::string id_;
    SpoolCounters counters_;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t pending_loss_ = 0;
};

}  // namespace modelward::agent
