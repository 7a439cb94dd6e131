// SPDX-License-Identifier: Apache-2.0
// The one thread that writes events. See event_store.h for the contract of submit().
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "console/server/store/event_store.h"

namespace modelward::console {

class EventWriter {
  public:
    // `on_committed` gets the numbers of the incidents that a transaction changed, and the writer's own
    // connection to the file that holds them: looking there waits for no reader.
    using Committed = std::function<void(const std::set<std::uint64_t>&, Database&)>;
    EventWriter(std::filesystem::path directory, EventStore::Options options, Committed on_committed);
    ~EventWriter();
    EventWriter(const EventWriter&) = delete;
    EventWriter& operator=(const EventWriter&) = delete;

    Result<void> open();  // the current period's file; called before start()
    void start();
    void submit(HostName host, wire::EventBatch batch, EventStore::Done done);

  private:
    struct Waiting {
        HostName host;
        wire::EventBatch batch;
        EventStore::Done done;
        std::size_t bytes;
    };
    bool has_room(const std::string& host_id, std::size_t bytes) const;
    void make_room(const std::deque<Waiting>& group);
    void run();
    void write(std::deque<Waiting>& group);
    Result<std::vector<std::uint64_t>> write_group(const std::deque<Waiting>& group,
                                                   std::set<std::uint64_t>& changed);
    Result<void> meet_spool(const Waiting& waiting, HostState& state, std::int64_t now_ms);
    Result<std::uint64_t> write_batch(const Waiting& waiting, std::int64_t now_ms,
                                      std::set<std::uint64_t>& changed);

    const std::filesystem::path directory_;
    const EventStore::Options options_;
    const Committed on_committed_;
    std::string period_;
    std::optional<Database> database_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> waiting_;
    // What waits and what is being written.
    std::size_t held_bytes_ = 0;
    std::unordered_map<std::string, std::size_t> held_of_host_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace modelward::console
