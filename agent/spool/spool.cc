// SPDX-License-Identifier: Apache-2.0
#include "agent/spool/spool.h"

#include <chrono>
#include <limits>

#include "wire/random.h"

namespace modelward::agent {
namespace {

constexpr std::uint64_t kRowOverhead = 32;  // a rowid, two varints and a share of the page

constexpr std::size_t kTakenAtOnce = 256;

// How far apart two kernel events of one ring and epoch may arrive out of order (several CPUs fill it). A
// ring holds fewer events than this.
constexpr std::int64_t kKernelWindow = 65536;

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL);
DROP TABLE IF EXISTS kernel_seen; -- of one ring, whose maps no build takes over any more
CREATE TABLE IF NOT EXISTS rings_seen (ring INTEGER, sequence INTEGER, PRIMARY KEY (ring, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
)";

wire::Event loss_event(std::uint64_t lost) {
    wire::Event event;
    event.set_kind(wire::EVENT_KIND_LOSS);
    event.set_count(lost);
    event.set_time_unix_ns(std::chrono::duration_cast<std::chrono::nanoseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count());
    event.set_reason(std::to_string(lost) + " events were not kept: the spool was full");
    return event;
}

}  // namespace

Result<Spool> Spool::open(const std::filesystem::path& path, SpoolLimits limits) {
    auto database = Database::open(path, true);
    if (!database) return fail(database.error().with_context("spool"));
    Spool spool(std::move(*database), limits);
    if (auto ready = spool.prepare(); !ready) return fail(ready.error().with_context(path.string()));
    return spool;
}

Result<void> Spool::prepare() {
    if (auto made = database_->script(kSchema); !made) return made;
    if (auto known = identify(); !known) return known;
    auto sums = database_->query(
        "SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0), "
        "COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) FROM events");
    if (!sums) return fail(sums.error());
    if (auto row = sums->next(); !row) return fail(row.error());
    counters_.events = sums->count(0);
    counters_.bytes = sums->count(1) + counters_.events * kRowOverhead;
    counters_.last_sequence = sums->count(2);
    return {};
}

Result<void> Spool::identify() {
    auto made = database_->run("INSERT OR IGNORE INTO meta (name, value) VALUES ('spool_id', ?)",
                               std::string_view(wire::random_uuid()));
    if (!made) return made;
    auto rows = database_->query("SELECT value FROM meta WHERE name = 'spool_id'");
    if (!rows) return fail(rows.error());
    if (auto row = rows->next(); !row) return fail(row.error());
    id_ = rows->text(0);
    return {};
}

Result<void> Spool::change_id() {
    const std::string id = wire::random_uuid();
    auto changed = database_->run("UPDATE meta SET value = ? WHERE name = 'spool_id'", std::string_view(id));
    if (changed) id_ = id;
    return changed;
}

Result<void> Spool::start_epoch(std::string_view boot_id, bool sensor_adopted) {
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    bool same = false;
    {
        auto known = database_->query("SELECT 1 FROM meta WHERE name = 'boot_id' AND value = ?", boot_id);
        if (!known) return fail(known.error());
        auto row = known->next();
        if (!row) return fail(row.error());
        same = *row;
    }
    if (same && sensor_adopted) return {};
    if (auto done = database_->run("DELETE FROM rings_seen"); !done) return done;
    if (auto done =
            database_->run("INSERT OR REPLACE INTO meta (name, value) VALUES ('boot_id', ?)", boot_id);
        !done)
        return done;
    return transaction->commit();
}

std::uint64_t Spool::room_for(const wire::Event& event) const {
    const bool urgent = event.verdict() >= wire::VERDICT_BLOCK || event.kind() == wire::EVENT_KIND_LOSS;
    return urgent ? limits_.max_bytes : limits_.max_bytes - limits_.block_reserve_bytes;
}

Result<void> Spool::append(wire::Event event) {
    SpoolItem item{std::move(event), std::nullopt};
    return append(std::span<const SpoolItem>(&item, 1));
}

Result<void> Spool::append(std::span<const SpoolItem> items) {
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    // Counters change only when the transaction did.
    SpoolCounters after = counters_;
    std::uint64_t loss = pending_loss_;
    if (loss > 0) {
        const auto event = loss_event(loss);
        if (after.bytes + event.ByteSizeLong() + kRowOverhead <= room_for(event)) {
            if (auto stored = store(event, after); !stored) return stored;
            loss = 0;
        }
    }
    for (const auto& item : items) {
        if (item.kernel) {
            auto before = stored_before(*item.kernel);
            if (!before) return fail(before.error());
            if (*before) {
                ++after.duplicates;
                continue;
            }
        }
        if (after.bytes + item.event.ByteSizeLong() + kRowOverhead > room_for(item.event)) {
            if (room_for(item.event) == limits_.max_bytes)
                return fail(ErrorCode::kLimit,
                            "the spool is full (" + std::to_string(limits_.max_bytes) + " bytes)");
            ++loss, ++after.lost;
            continue;
        }
        if (auto stored = store(item.event, after); !stored) return stored;
    }
    if (auto done = forget_old_places(); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
    counters_ = after;
    pending_loss_ = loss;
    return {};
}

Result<void> Spool::store(const wire::Event& event, SpoolCounters& after) {
    const std::string bytes = event.SerializeAsString();
    const BlobView blob(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (auto stored = database_->run("INSERT INTO events (bytes) VALUES (?)", blob); !stored) return stored;
    after.last_sequence = static_cast<std::uint64_t>(database_->last_row_id());
    after.events += 1;
    after.bytes += bytes.size() + kRowOverhead;
    return {};
}

Result<void> Spool::forget_old_places() {
    for (const int ring : {0, 1}) {
        auto done = database_->run(
            "DELETE FROM rings_seen WHERE ring = ?1 AND sequence < "
            "(SELECT MAX(sequence) FROM rings_seen WHERE ring = ?1) - ?2",
            ring, kKernelWindow);
        if (!done) return done;
    }
    return {};
}

Result<bool> Spool::stored_before(const KernelPlace& place) {
    auto done = database_->run("INSERT OR IGNORE INTO rings_seen (ring, sequence) VALUES (?, ?)",
                               static_cast<int>(place.ring), place.sequence);
    if (!done) return fail(done.error());
    return database_->changes() == 0;
}

Result<std::vector<wire::Event>> Spool::read(std::size_t most, std::size_t most_bytes) {
    std::vector<wire::Event> events;
    std::size_t total = 0;
    auto rows =
        database_->query("SELECT sequence, bytes FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
                         acknowledged_, std::uint64_t{most});
    if (!rows) return fail(rows.error());
    for (;;) {
        auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) break;
        const auto bytes = rows->text(1);
        total += bytes.size();
        if (!events.empty() && total > most_bytes) break;
        wire::Event event;
        if (!event.ParseFromString(bytes)) {
            event.Clear();  // a damaged row must not stop the ones behind it
            event.set_kind(wire::EVENT_KIND_LOSS);
            event.set_count(1);
            event.set_reason("a stored event could not be read back from the spool");
        }
        event.set_sequence(rows->count(0));
        events.push_back(std::move(event));
    }
    return events;
}

Result<void> Spool::take_over(Spool& other) {
    for (;;) {
        auto events = other.read(kTakenAtOnce);
        if (!events) return fail(events.error());
        if (events->empty()) return {};
        const auto last = events->back().sequence();
        std::vector<SpoolItem> items;
        for (auto& event : *events)
            items.push_back({std::move(event), std::nullopt});
        if (auto stored = append(items); !stored) return stored;
        if (auto done = other.acknowledge(last); !done) return done;
    }
}

Result<void> Spool::acknowledge(std::uint64_t sequence) {
    // A peer may say anything: only what was given out can be acknowledged.
    acknowledged_ = std::max(acknowledged_, std::min(sequence, counters_.last_sequence));
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    std::uint64_t count = 0, bytes = 0;
    {
        auto sum = database_->query(
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0) FROM events WHERE sequence <= ?",
            acknowledged_);
        if (!sum) return fail(sum.error());
        if (auto row = sum->next(); !row) return fail(row.error());
        count = sum->count(0);
        bytes = sum->count(1) + count * kRowOverhead;
    }
    if (count == 0) return {};
    if (auto done = database_->run("DELETE FROM events WHERE sequence <= ?", acknowledged_); !done)
        return done;
    if (auto done = transaction->commit(); !done) return done;
    counters_.events -= count;
    counters_.bytes -= bytes;
    return {};
}

}  // namespace modelward::agent
