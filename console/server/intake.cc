// SPDX-License-Identifier: Apache-2.0
#include "console/server/intake.h"

#include "wire/codec.h"

namespace modelward::console {
namespace {

constexpr int kMaxParts = 256;  // artifacts, ancestors, blind spots: each far above what an agent sends
constexpr int kMaxCounters = 1000;
constexpr std::size_t kMaxSpoolIdBytes = 64;

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
    if (batch.status().counters_size() > kMaxCounters || batch.status().blind_spots_size() > kMaxParts) {
        return fail(ErrorCode::kLimit, "the status has too many counters or blind spots");
    }
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
