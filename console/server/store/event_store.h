// SPDX-License-Identifier: Apache-2.0
// The store of events and incidents, whatever files it keeps them in.
//
// One thread writes. submit() queues a batch from any thread; batches that wait together share one
// transaction, and each callback is called (on the writer's thread) when its batch is durable or has failed.
// A batch is stored whole or not at all, and an event at or below the mark of its host and spool is ignored,
// so a batch may be sent any number of times. A spool that replaces another is stored as an event of the
// host. Reading is possible from any thread at any time and sees what is committed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console/server/store/event_rows.h"

namespace modelward::console {

struct StoredIncident {
    std::uint64_t number = 0;
    HostName host{};
    std::string level{};
    std::string sink_kind{};
    int verdict = 0;
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
    std::int64_t received_ms = 0;
    std::uint64_t count = 0;
    std::uint64_t bytes_requested = 0;
    std::uint64_t bytes_out = 0;
    wire::Event first_event{};
};

struct IncidentFilter {
    std::string text{};  // substring, any case
    std::string level{};
    std::string verdict{};  // "alert", "block", "throttle", "kill"
    std::string host{};     // id or name
};

struct IncidentPage {
    std::vector<StoredIncident> incidents{};  // newest number first
    std::optional<std::uint64_t> next{};      // `before` of the next page
    std::uint64_t total = 0;                  // that the filter finds, on all pages
};

struct StoredEvent {
    std::int64_t received_ms = 0;
    wire::Event event{};
};

class EventStore {
  public:
    struct Options {
        std::function<std::int64_t()> now_ms{};
        // Called on the writer's thread after a commit, with each incident that it made or changed.
        std::function<void(const StoredIncident&)> on_incident{};
        std::function<bool()> anyone_listens{};  // false: on_incident need not be called; empty: always
        // Beyond these submit() answers kUnavailable, and the agent keeps the batch and tries again. Bytes
        // are those of the batch on the wire, decompressed; in memory it takes a few times as much. Of one
        // host, one batch is always taken while there is room at all.
        std::size_t max_waiting = 10'000;  // batches
        std::size_t max_waiting_bytes = 128 << 20;
        std::size_t max_waiting_bytes_per_host = 16 << 20;
    };
    using Done = std::function<void(Result<std::uint64_t>)>;  // the sequence to acknowledge

    static Result<std::unique_ptr<EventStore>> open(const std::filesystem::path& directory, Options options);
    virtual ~EventStore() = default;  // finishes what is queued

    virtual void submit(HostName host, wire::EventBatch batch, Done done) = 0;

    // Removes whole months before `first_kept` ("2026-11"), but never the newest. The months removed.
    virtual Result<std::vector<std::string>> remove_before(const std::string& first_kept) = 0;

    virtual Result<IncidentPage> incidents(const IncidentFilter& filter, std::optional<std::uint64_t> before,
                                           std::size_t limit) = 0;
    virtual Result<std::optional<StoredIncident>> incident(std::uint64_t number) = 0;
    // Newest first.
    virtual Result<std::vector<StoredEvent>> incident_events(std::uint64_t number, std::size_t limit) = 0;
    // LABEL, AGENT and LOSS events and verdicts of one host, newest first.
    virtual Result<std::vector<StoredEvent>> host_events(const std::string& host_id, std::size_t limit) = 0;
    virtual Result<HostState> host_state(const std::string& host_id) = 0;
};

}  // namespace modelward::console
