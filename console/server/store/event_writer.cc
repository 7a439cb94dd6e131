// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/event_writer.h"

#include <algorithm>

#include "console/server/store/event_files.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

// Enough rows to pay for the disk's flush, few enough that a reader's snapshot and the log stay small.
constexpr std::size_t kMaxBatchesPerTransaction = 256;

}  // namespace

EventWriter::EventWriter(std::filesystem::path directory, EventStore::Options options, Committed on_committed)
    : directory_(std::move(directory)),
      options_(std::move(options)),
      on_committed_(std::move(on_committed)) {}

EventWriter::~EventWriter() {
    {
        const std::lock_guard guard(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<void> EventWriter::open() {
    // The newest file has the marks and the numbers of incidents: a clock that goes back must not open an
    // older one again.
    std::string period = std::max(period_of(options_.now_ms()), period_);
    if (!database_) {
        const auto existing = list_periods(directory_);
        if (!existing) return fail(existing.error());
        if (!existing->empty()) period = std::max(period, existing->back());
    }
    if (database_ && period == period_) return {};
    auto opened = open_event_file(directory_, period);
    if (!opened) return fail(opened.error());
    database_.emplace(std::move(*opened));
    period_ = std::move(period);
    return {};
}

void EventWriter::start() {
    thread_ = std::thread([this] { run(); });
}

void EventWriter::submit(HostName host, wire::EventBatch batch, EventStore::Done done) {
    const std::size_t bytes = batch.ByteSizeLong();
    bool taken = false;
    {
        const std::lock_guard guard(mutex_);
        if (!stopping_ && has_room(host.id, bytes)) {
            held_bytes_ += bytes;
            held_of_host_[host.id] += bytes;
            waiting_.push_back({std::move(host), std::move(batch), std::move(done), bytes});
            taken = true;
        }
    }
    if (taken)
        wake_.notify_one();
    else
        done(fail(ErrorCode::kUnavailable, "the console has too many batches waiting; send again later"));
}

bool EventWriter::has_room(const std::string& host_id, std::size_t bytes) const {
    if (waiting_.size() >= options_.max_waiting || held_bytes_ + bytes > options_.max_waiting_bytes)
        return false;
    const auto held = held_of_host_.find(host_id);
    return held == held_of_host_.end() || held->second + bytes <= options_.max_waiting_bytes_per_host;
}

void EventWriter::make_room(const std::deque<Waiting>& group) {
    const std::lock_guard guard(mutex_);
    for (const Waiting& written : group) {
        held_bytes_ -= written.bytes;
        const auto held = held_of_host_.find(written.host.id);
        held->second -= written.bytes;
        if (held->second == 0) held_of_host_.erase(held);
    }
}

void EventWriter::run() {
    while (true) {
        std::deque<Waiting> group;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            while (!waiting_.empty() && group.size() < kMaxBatchesPerTransaction) {
                group.push_back(std::move(waiting_.front()));
                waiting_.pop_front();
            }
        }
        write(group);
    }
}

void EventWriter::write(std::deque<Waiting>& group) {
    std::set<std::uint64_t> changed;
    const auto marks = write_group(group, changed);
    make_room(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
        group[i].done(marks ? Result<std::uint64_t>((*marks)[i]) : fail(marks.error()));
    }
    if (marks && !changed.empty()) on_committed_(changed, *database_);
}

Result<std::vector<std::uint64_t>> EventWriter::write_group(const std::deque<Waiting>& group,
                                                            std::set<std::uint64_t>& changed) {
    if (auto ready = open(); !ready) return fail(ready.error());
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    std::vector<std::uint64_t> marks;
    const std::int64_t now_ms = options_.now_ms();
    for (const Waiting& waiting : group) {
        const auto mark = write_batch(waiting, now_ms, changed);
        if (!mark) return fail(mark.error());
        marks.push_back(*mark);
    }
    if (auto committed = transaction->commit(); !committed) return fail(committed.error());
    return marks;
}

// The sequences of another spool say nothing about those of this one. Whoever replaced it may have wanted
// what waited in it to be gone, so the analyst is told.
Result<void> EventWriter::meet_spool(const Waiting& waiting, HostState& state, std::int64_t now_ms) {
    const std::string& spool_id = waiting.batch.spool_id();
    if (state.spool_id == spool_id) return {};
    const auto mark = load_mark(*database_, waiting.host.id, spool_id);
    if (!mark) return fail(mark.error());
    const bool replaced = !state.spool_id.empty();
    state.spool_id = spool_id;
    state.mark = *mark;
    if (!replaced) return {};
    ++state.spool_changes;
    wire::Event event;
    event.set_kind(wire::EVENT_KIND_LOSS);
    event.set_time_unix_ns(now_ms * 1'000'000);
    event.set_count(1);
    event.set_reason(
        "The host's spool was replaced by another one: what waited in the old one is lost unless it comes "
        "back.");
    std::set<std::uint64_t> no_incident;
    return insert_event(*database_, waiting.host, event, now_ms, no_incident);
}

Result<std::uint64_t> EventWriter::write_batch(const Waiting& waiting, std::int64_t now_ms,
                                               std::set<std::uint64_t>& changed) {
    auto state = load_host_state(*database_, waiting.host.id);
    if (!state) return fail(state.error());
    if (auto met = meet_spool(waiting, *state, now_ms); !met) return fail(met.error());
    for (const wire::Event& event : waiting.batch.events()) {
        if (event.sequence() <= state->mark) {
            ++state->repeated;
            continue;
        }
        if (auto stored = insert_event(*database_, waiting.host, event, now_ms, changed); !stored) {
            return fail(stored.error());
        }
        // A spool may have delivered to another console, or under another identity, before.
        if (state->mark > 0) state->missing += event.sequence() - state->mark - 1;
        state->mark = event.sequence();
        ++state->accepted;
    }
    state->last_seen_ms = now_ms;
    if (waiting.batch.has_status()) {
        auto status = wire::serialize(waiting.batch.status());
        if (!status) return fail(status.error());
        state->status = std::move(*status);
    }
    if (auto saved = save_host_state(*database_, waiting.host.id, *state); !saved) return fail(saved.error());
    return state->mark;
}

}  // namespace modelward::console
