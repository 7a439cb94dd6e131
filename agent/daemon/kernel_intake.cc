// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/kernel_intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace modelward::agent {
namespace {

// One transaction each. If a later slice finds no room, the kernel gives all of them again, and the spool
// knows which it has.
constexpr std::size_t kSlice = 200;

}  // namespace

Result<void> KernelIntake::start() {
    if (auto listening = listen(); !listening) return listening;
    read();  // what a killed agent left behind
    return {};
}

Result<void> KernelIntake::listen() {
    auto added = loop_->add(sensor_->event_fd(), [this] { read(); });
    listening_ = added.has_value();
    return added;
}

void KernelIntake::pause() {
    if (listening_) loop_->remove(sensor_->event_fd());
    listening_ = false;
}

void KernelIntake::read() {
    const auto taken =
        sensor_->read_events([this](std::span<const KernelEvent> events) { return take(events); });
    if (taken) {
        if (std::exchange(waiting_, false)) spdlog::info("kernel events are stored again");
        return;
    }
    // A descriptor that stays readable would keep the loop spinning.
    if (!std::exchange(waiting_, true))
        spdlog::error("kernel events wait in the kernel's ring, nothing is lost yet: {}",
                      taken.error().message());
    pause();
}

void KernelIntake::once_a_second() {
    sensor_->sweep();
    if (listening_) return;
    if (listen()) read();
}

Result<void> KernelIntake::take(std::span<const KernelEvent> events) {
    while (!events.empty()) {
        const auto slice = events.first(std::min(events.size(), kSlice));
        std::vector<SpoolItem> items;
        items.reserve(slice.size());
        for (const auto& event : slice)
            items.push_back(
                {builder_->build(event), KernelPlace{static_cast<std::uint8_t>(event.ring), event.sequence}});
        const auto seen_before = spool_->counters().duplicates;
        if (auto stored = spool_->append(items); !stored) return stored;
        for (const auto& event : slice)
            if (event.kind == KernelEventKind::kDerivedLabel) handlers_.derived(event);
        const auto fresh = slice.size() - (spool_->counters().duplicates - seen_before);
        // The kernel gives whole slices again, and what was told once is not news.
        for (std::size_t i = 0; fresh != 0 && i < slice.size(); ++i)
            handlers_.stored(slice[i], items[i].event);
        events_ += fresh;
        events = events.subspan(slice.size());
    }
    return {};
}

}  // namespace modelward::agent
