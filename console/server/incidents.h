// SPDX-License-Identifier: Apache-2.0
// What an incident is: verdicts of one host, rule, process, artifact and kind of sink, less than ten minutes
// apart. Pure functions on events; storing is store/event_rows.h, showing is incident_json.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/modelward.pb.h"

namespace modelward::console {

inline constexpr std::int64_t kIncidentWindowMs = 10 * 60 * 1000;

struct IncidentKey {
    std::string rule_id{};
    std::uint32_t pid = 0;
    std::int64_t process_start_ns = 0;
    std::string artifact_id{};  // of the first artifact; empty: none
    std::string sink_kind{};    // "removable", "network", "read"
};

bool belongs_to_incident(const wire::Event& event);  // a verdict of alert or block
IncidentKey incident_key(const wire::Event& event);
std::uint64_t event_count(const wire::Event& event);  // at least 1
std::string level_of(const wire::Event& event);       // one of the five; "medium" for anything else
// Lower-case text that the search box looks in.
std::string search_text(std::string_view host_name, const wire::Event& event);

std::string incident_id(std::uint64_t number);  // "INC-000042"
std::optional<std::uint64_t> incident_number(std::string_view id);

std::string_view verdict_name(int verdict);  // "alert", "block", "throttle", "kill", "allow"

}  // namespace modelward::console
