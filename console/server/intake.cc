// SPDX-License-Identifier: Apache-2.0
#include "console/server/intake.h"

#include "wire/codec.h"

namespace modelward::console {
namespace {

constexpr int kMaxParts = 256;  // artifacts, ancestors: each far above what an agent sends
constexpr int kMaxBlindSpots = 256;
constexpr int kMaxCounters = 1000;
constexpr std::size_t kMaxSpoolIdBytes = 64;

template <typename List>
void keep_first(List& list, int kept) {
    list.DeleteSubrange(kept, list.size() - kept);
}

// A status says how a host is; however much it says, the events beside it are taken. What is left out is
// counted in what stays.
void shorten(wire::Status& status) {
    if (const int spots = status.blind_spots_size(); spots > kMaxBlindSpots) {
        keep_first(*status.mutable_blind_spots(), kMaxBlindSpots - 1);
        status.add_blind_spots("and " + std::to_string(spots - status.blind_spots_size()) +
                               " more, which the console does not keep");
    }
    if (const int counters = status.counters_size(); counters > kMaxCounters) {
        keep_first(*status.mutable_counters(), kMaxCounters - 1);
        wire::Counter& rest = *status.add_counters();
        rest.set_name("console_counters_not_kept");
        rest.set_value(static_cast<std::uint64_t>(counters - kMaxCounters + 1));
    }
}

}  // namespace

Result<wire::EventBatch> read_event_batch(std::string_view frame) {
    wire::EventBatch batch;
    if (auto decoded = wire::decode(frame, wire::kMaxEventBatchBytes, batch); !decoded)
        return fail(decoded.error());
    if (batch.spool_id().empty() || batch.spool_id().size() > kMaxSpoolIdBytes) {
        return fail(ErrorCode::kInvalid, "a batch names its spool with 1 to 64 bytes");
    }
    if (batch.events_size() > kMaxEventsPerBatch) {
        return fail(ErrorCode::kLimit, "a batch has at most " + std::to_string(kMaxEventsPerBatch) +
                                           " events, this one " + std::to_string(batch.events_size()));
    }
    if (batch.has_status()) shorten(*batch.mutable_status());
    std::uint64_t last = 0;
    for (const wire::Event& event : batch.events()) {
        // Above 2^63 - 1 the store's signed integers would turn it negative and the order with it.
        if (event.sequence() <= last || event.sequence() > INT64_MAX) {
            return fail(ErrorCode::kInvalid, "the sequence " + std::to_string(event.sequence()) +
                                                 " does not ascend; the one before is " +
                                                 std::to_string(last));
        }
        last = event.sequence();
        if (event.artifacts_size() > kMaxParts || event.ancestors_size() > kMaxParts) {
            return fail(ErrorCode::kLimit, "event " + std::to_string(last) + " has more than " +
                                               std::to_string(kMaxParts) + " parts");
        }
    }
    return batch;
}

}  // namespace modelward::console
