// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/notices.h"

#include <nlohmann/json.hpp>

#include "agent/enrich/event_builder.h"

namespace modelward::agent {
namespace {

// What waited in the kernel while no agent ran is no news on a terminal.
constexpr std::int64_t kNews = 60'000'000'000;

}  // namespace

void Notices::take(const KernelEvent& event, const wire::Event& built) {
    auto made = notice_of(built);
    if (!made) return;
    ++counters_.made;
    const auto& notice = board_.put(std::move(*made));
    if (now_unix_ns() - notice.time_unix_ns > kNews) return;
    const auto told = terminals_.tell(event, notice.rule_id + notice.program, terminal_text(notice),
                                      Terminals::Clock::now());
    switch (told) {
        case Terminals::Outcome::kTold:
            ++counters_.on_terminals;
            break;
        case Terminals::Outcome::kHeldBack:
            ++counters_.held_back;
            break;
        default:
            ++counters_.not_on_terminal;
    }
}

nlohmann::json Notices::answer(const nlohmann::json& request, std::uint32_t uid) const {
    if (request.value("command", "") != "notices") return {{"error", "unknown command (known: notices)"}};
    const auto since = request.find("since");
    const auto run = request.find("run");
    return board_.after(
        since != request.end() && since->is_number_unsigned() ? since->get<std::uint64_t>() : 0,
        run != request.end() && run->is_string() ? run->get<std::string>() : "", uid);
}

}  // namespace modelward::agent
