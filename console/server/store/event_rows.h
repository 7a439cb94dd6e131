// SPDX-License-Identifier: Apache-2.0
// The tables of one period's event file, and writing to them. One file a month of receipt: retention is
// deleting a file, and no file grows until its indexes no longer fit in memory.
//
//   hosts      per host the spool that it delivers from, its last status and its loss counters
//   marks      per host and spool the high-water mark of sequences, for the newest spools of a host. A new
//   file
//              begins with a copy of the old one's hosts and marks, so the newest file always has all of
//              them.
//   events     each accepted event as it came (protobuf), and the incident that it belongs to
//   incidents  groups of verdicts (console/server/incidents.h), numbered through all files
//
// All writing happens inside one transaction of the caller: rows and mark are durable together or not at all,
// which is what makes delivery exactly once.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/sqlite/sqlite.h"
#include "wire/modelward.pb.h"

namespace modelward::console {

struct HostName {
    std::string id{};
    std::string name{};
};

// What intake knows of a host besides its enrolment.
struct HostState {
    std::string spool_id{};  // that the last batch came from; empty before the first
    std::uint64_t mark = 0;  // highest sequence of that spool stored
    std::int64_t last_seen_ms = 0;
    std::string status{};             // serialized wire::Status
    std::uint64_t accepted = 0;       // events stored
    std::uint64_t repeated = 0;       // events at or below the mark: redelivered, ignored
    std::uint64_t missing = 0;        // sequence numbers that were skipped
    std::uint64_t spool_changes = 0;  // each is an event of the host, too
};

Result<void> create_event_schema(Database& database);
// The first file gets number 1; later ones go on from `previous`.
Result<void> seed_event_file(Database& database, Database* previous);

Result<HostState> load_host_state(Database& database, std::string_view host_id);  // zeros when unknown
// The mark of one spool of the host; 0 for one that is not known.
Result<std::uint64_t> load_mark(Database& database, std::string_view host_id, std::string_view spool_id);
// Saves `state.mark` as the mark of `state.spool_id`. A host's marks beyond the 16 used last are forgotten.
Result<void> save_host_state(Database& database, std::string_view host_id, const HostState& state);

// Stores one event; a verdict goes to its incident, whose number is put into `changed`.
Result<void> insert_event(Database& database, const HostName& host, const wire::Event& event,
                          std::int64_t now_ms, std::set<std::uint64_t>& changed);

}  // namespace modelward::console
