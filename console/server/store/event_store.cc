// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/event_store.h"

#include <algorithm>

#include "console/server/store/event_files.h"
#include "console/server/store/event_readers.h"
#include "console/server/store/event_writer.h"
#include "console/server/store/incident_queries.h"

namespace modelward::console {
namespace {

class FileEventStore final : public EventStore {
  public:
    FileEventStore(std::filesystem::path directory, const Options& options)
        : directory_(std::move(directory)),
          on_incident_(options.on_incident),
          anyone_listens_(options.anyone_listens),
          readers_(directory_),
          writer_(directory_, options,
                  [this](const auto& changed, Database& database) { announce(changed, database); }) {}

    Result<void> open() {
        if (auto opened = writer_.open(); !opened) return opened;
        writer_.start();
        return {};
    }

    void submit(HostName host, wire::EventBatch batch, Done done) override {
        writer_.submit(std::move(host), std::move(batch), std::move(done));
    }

    Result<std::vector<std::string>> remove_before(const std::string& first_kept) override {
        return readers_.remove_before(first_kept);
    }

    Result<IncidentPage> incidents(const IncidentFilter& filter, std::optional<std::uint64_t> before,
                                   std::size_t limit) override {
        IncidentPage page;
        auto done = each_file([&](Database& database) -> Result<bool> {
            auto counted = count_incidents(database, filter);
            if (!counted) return fail(counted.error());
            page.total += *counted;
            if (page.next) return true;
            // One more than asked for tells whether there is a next page.
            auto found = find_incidents(database, filter, before, limit + 1 - page.incidents.size());
            if (!found) return fail(found.error());
            for (StoredIncident& incident : *found)
                page.incidents.push_back(std::move(incident));
            if (page.incidents.size() > limit) {
                page.incidents.resize(limit);
                page.next = page.incidents.empty() ? 0 : page.incidents.back().number;
            }
            return true;
        });
        if (!done) return fail(done.error());
        return page;
    }

    Result<std::optional<StoredIncident>> incident(std::uint64_t number) override {
        std::optional<StoredIncident> found;
        auto done = each_file([&](Database& database) -> Result<bool> {
            auto one = find_incident_by_number(database, number);
            if (!one) return fail(one.error());
            found = std::move(*one);
            return !found;
        });
        if (!done) return fail(done.error());
        return found;
    }

    Result<std::vector<StoredEvent>> incident_events(std::uint64_t number, std::size_t limit) override {
        return collect(limit, [number](Database& database, std::size_t room) {
            return find_incident_events(database, number, room);
        });
    }

    Result<std::vector<StoredEvent>> host_events(const std::string& host_id, std::size_t limit) override {
        return collect(limit, [&host_id](Database& database, std::size_t room) {
            return find_host_events(database, host_id, room);
        });
    }

    Result<HostState> host_state(const std::string& host_id) override {
        HostState state;
        auto done = each_file([&](Database& database) -> Result<bool> {
            auto loaded = load_host_state(database, host_id);
            if (!loaded) return fail(loaded.error());
            state = std::move(*loaded);
            return false;  // the newest file has every host
        });
        if (!done) return fail(done.error());
        return state;
    }

  private:
    // Calls `visit` with each file, newest first, until it returns false.
    template <typename Visit>
    Result<void> each_file(Visit visit) {
        const auto periods = list_periods(directory_);
        if (!periods) return fail(periods.error());
        for (auto period = periods->rbegin(); period != periods->rend(); ++period) {
            auto reader = readers_.lease(*period);
            if (!reader) return fail(reader.error());
            if (!*reader) continue;  // removed since it was listed
            const auto more = visit((*reader)->database());
            if (!more) return fail(more.error());
            if (!*more) break;
        }
        return {};
    }

    template <typename Find>
    Result<std::vector<StoredEvent>> collect(std::size_t limit, Find find) {
        std::vector<StoredEvent> events;
        auto done = each_file([&](Database& database) -> Result<bool> {
            auto found = find(database, limit - events.size());
            if (!found) return fail(found.error());
            for (StoredEvent& event : *found)
                events.push_back(std::move(event));
            return events.size() < limit;
        });
        if (!done) return fail(done.error());
        return events;
    }

    // On the writer's thread, which must not wait for readers.
    void announce(const std::set<std::uint64_t>& changed, Database& database) {
        if (!on_incident_ || (anyone_listens_ && !anyone_listens_())) return;
        for (const std::uint64_t number : changed) {
            if (const auto found = find_incident_by_number(database, number); found && *found)
                on_incident_(**found);
        }
    }

    const std::filesystem::path directory_;
    const std::function<void(const StoredIncident&)> on_incident_;
    const std::function<bool()> anyone_listens_;
    EventReaders readers_;
    EventWriter writer_;  // last: its thread uses the rest and ends first
};

}  // namespace

Result<std::unique_ptr<EventStore>> EventStore::open(const std::filesystem::path& directory,
                                                     Options options) {
    auto store = std::make_unique<FileEventStore>(directory, std::move(options));
    if (auto opened = store->open(); !opened) return fail(opened.error());
    return store;
}

}  // namespace modelward::console
