// SPDX-License-Identifier: Apache-2.0
#include "console/server/incident_stream.h"

namespace modelward::console {

std::unique_ptr<IncidentStream::Subscription> IncidentStream::subscribe(Deliver deliver) {
    const std::lock_guard guard(mutex_);
    const std::uint64_t id = next_id_++;
    subscribers_.emplace(id, std::move(deliver));
    return std::make_unique<Subscription>(*this, id);
}

void IncidentStream::publish(std::string text) {
    const Text shared = std::make_shared<const std::string>(std::move(text));
    const std::lock_guard guard(mutex_);
    for (const auto& [id, deliver] : subscribers_)
        deliver(shared);
}

bool IncidentStream::has_subscribers() const {
    const std::lock_guard guard(mutex_);
    return !subscribers_.empty();
}

void IncidentStream::remove(std::uint64_t id) {
    const std::lock_guard guard(mutex_);
    subscribers_.erase(id);
}

}  // namespace modelward::console
