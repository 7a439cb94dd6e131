// SPDX-License-Identifier: Apache-2.0
#include "console/server/incidents.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace modelward::console {
namespace {

constexpr std::string_view kPrefix = "INC-";
constexpr std::size_t kDigits = 6;
constexpr std::size_t kMaxSearchBytes = 8192;

}  // namespace

bool belongs_to_incident(const wire::Event& event) {
    return event.kind() == wire::EVENT_KIND_VERDICT && event.verdict() >= wire::VERDICT_ALERT &&
           event.verdict() <= wire::VERDICT_KILL;
}

IncidentKey incident_key(const wire::Event& event) {
    return {event.rule().id(), event.process().pid(), event.process().start_unix_ns(),
            event.artifacts().empty() ? std::string() : event.artifacts(0).id(),
            event.sink().kind().empty() ? "read" : event.sink().kind()};
}

std::uint64_t event_count(const wire::Event& event) {
    return std::max<std::uint64_t>(1, event.count());
}

std::string level_of(const wire::Event& event) {
    static constexpr std::array<std::string_view, 5> kLevels{"informational", "low", "medium", "high",
                                                             "critical"};
    const auto found = std::ranges::find(kLevels, event.rule().level());
    return std::string(found == kLevels.end() ? "medium" : *found);
}

std::string search_text(std::string_view host_name, const wire::Event& event) {
    std::string text(host_name);
    const auto add = [&text](std::string_view word) {
        if (!word.empty()) text.append(1, '\n').append(word);
    };
    const wire::Process& process = event.process();
    for (const std::string& word :
         {event.rule().title(), event.rule().id(), process.user().name(), process.user().login_name(),
          process.name(), process.executable(), event.file().path(), event.sink().device().vendor(),
          event.sink().device().product(), event.sink().device().serial(), event.sink().destination().ip(),
          event.sink().destination().domain(), event.operation()}) {
        add(word);
    }
    for (const wire::ArtifactRef& artifact : event.artifacts()) {
        add(artifact.name());
        add(artifact.class_name());
    }
    for (const std::string& argument : process.args())
        add(argument);
    if (text.size() > kMaxSearchBytes) text.resize(kMaxSearchBytes);
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string incident_id(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(kPrefix) + std::string(digits.size() < kDigits ? kDigits - digits.size() : 0, '0') +
           digits;
}

std::optional<std::uint64_t> incident_number(std::string_view id) {
    if (!id.starts_with(kPrefix)) return std::nullopt;
    id.remove_prefix(kPrefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    return number;
}

std::string_view verdict_name(int verdict) {
    switch (verdict) {
        case wire::VERDICT_BLOCK:
            return "block";
        case wire::VERDICT_THROTTLE:
            return "throttle";
        case wire::VERDICT_KILL:
            return "kill";
        case wire::VERDICT_ALERT:
            return "alert";
        default:
            return "allow";
    }
}

}  // namespace modelward::console
