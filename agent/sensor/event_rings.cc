// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/event_rings.h"

#include <sys/epoll.h>

#include <algorithm>

#include "agent/sensor/event_decode.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::size_t kEventsPerBatch = 256;  // of each ring

}  // namespace

Result<EventRings::Ring> EventRings::open_ring(const UniqueFd& map, std::size_t bytes,
                                               const UniqueFd& ready) {
    auto mapping = RingMapping::map(map.get(), bytes);
    if (!mapping) return fail(mapping.error());
    epoll_event readable{};
    readable.events = EPOLLIN;
    if (::epoll_ctl(ready.get(), EPOLL_CTL_ADD, map.get(), &readable) != 0)
        return fail_errno("watch the event ring");
    RingReader reader(mapping->memory(), sizeof(kernel::event));
    return Ring{std::move(*mapping), reader};
}

Result<EventRings> EventRings::open(const KernelMaps& maps) {
    UniqueFd ready(::epoll_create1(EPOLL_CLOEXEC));
    if (!ready) return fail_errno("watch the event rings");
    auto blocks = open_ring(maps.blocks, kernel::kBlockRingBytes, ready);
    if (!blocks) return fail(blocks.error());
    auto others = open_ring(maps.events, kernel::kEventRingBytes, ready);
    if (!others) return fail(others.error());
    return EventRings(std::move(ready), std::move(*blocks), std::move(*others));
}

Result<std::size_t> EventRings::read(const std::function<Result<void>(std::span<const KernelEvent>)>& take) {
    std::vector<KernelEvent> events;
    std::uint64_t undecodable = 0;
    for (const auto ring : {KernelRing::kBlocks, KernelRing::kOthers}) {
        auto records = rings_[static_cast<std::size_t>(ring)].reader.peek(kEventsPerBatch);
        if (!records) return fail(records.error());
        for (const auto& record : *records) {
            auto event = decode_event(record.bytes, record.sequence);
            if (!event) {
                ++undecodable;  // one broken record must not stop those behind it
                continue;
            }
            event->ring = ring;
            events.push_back(std::move(*event));
        }
    }
    std::ranges::stable_sort(events, {}, &KernelEvent::boot_ns);
    if (!events.empty())
        if (auto taken = take(events); !taken) return fail(taken.error());
    undecodable_ += undecodable;
    for (auto& ring : rings_)
        ring.reader.release();
    return events.size();
}

std::uint64_t EventRings::waiting_bytes(KernelRing ring) const {
    return rings_[static_cast<std::size_t>(ring)].reader.waiting_bytes();
}

}  // namespace modelward::agent
