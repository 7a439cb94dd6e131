// SPDX-License-Identifier: Apache-2.0
// Reading incidents and events from one event file.
#pragma once

#include "console/server/store/event_store.h"

namespace modelward::console {

Result<std::uint64_t> count_incidents(Database& database, const IncidentFilter& filter);
Result<std::vector<StoredIncident>> find_incidents(Database& database, const IncidentFilter& filter,
                                                   std::optional<std::uint64_t> before, std::size_t limit);
Result<std::optional<StoredIncident>> find_incident_by_number(Database& database, std::uint64_t number);
Result<std::vector<StoredEvent>> find_incident_events(Database& database, std::uint64_t number,
                                                      std::size_t limit);
Result<std::vector<StoredEvent>> find_host_events(Database& database, std::string_view host_id,
                                                  std::size_t limit);

}  // namespace modelward::console
