// SPDX-License-Identifier: Apache-2.0
// What an enrolled agent may send: a zstd frame with a batch. The input is taken both as the frame and as
// what is inside it, and what is accepted goes on to grouping and JSON.
#include <cstdint>

#include "console/server/incident_json.h"
#include "console/server/incidents.h"
#include "console/server/intake.h"
#include "wire/codec.h"

namespace {

void take(std::string_view frame) {
    using namespace modelward::console;
    const auto batch = read_event_batch(frame);
    if (!batch) return;
    for (const auto& event : batch->events()) {
        StoredIncident incident;
        incident.number = event.sequence();
        incident.sink_kind = incident_key(event).sink_kind;
        incident.level = level_of(event);
        incident.first_event = event;
        (void)search_text("host", event);
        (void)incident_detail_json(incident, {StoredEvent{0, event}})
            .dump(-1, ' ', false, Json::error_handler_t::replace);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    take(input);
    if (const auto frame = modelward::wire::compress(input)) take(*frame);
    return 0;
}
