// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/event_readers.h"

#include "console/server/store/event_files.h"

namespace modelward::console {
namespace {

// Three descriptors each; with more readers at once, some connections are made for one scan.
constexpr std::size_t kIdlePerPeriod = 2;

}  // namespace

Result<std::optional<EventReaders::Lease>> EventReaders::lease(const std::string& period) {
    // Held while opening: opening makes a file that is missing, and must not make again what is just being
    // removed.
    const std::lock_guard guard(mutex_);
    std::error_code error;
    if (!std::filesystem::exists(event_file(directory_, period), error)) {
        idle_.erase(period);
        return std::nullopt;
    }
    std::vector<std::unique_ptr<Database>>& idle = idle_[period];
    if (!idle.empty()) {
        std::unique_ptr<Database> database = std::move(idle.back());
        idle.pop_back();
        return Lease(*this, period, std::move(database));
    }
    auto opened = open_event_file(directory_, period);
    if (!opened) return fail(opened.error());
    return Lease(*this, period, std::make_unique<Database>(std::move(*opened)));
}

Result<std::vector<std::string>> EventReaders::remove_before(const std::string& first_kept) {
    const std::lock_guard guard(mutex_);
    std::erase_if(idle_, [&](const auto& readers) { return readers.first < first_kept; });
    return remove_periods_before(directory_, first_kept);
}

void EventReaders::give_back(const std::string& period, std::unique_ptr<Database> database) {
    const std::lock_guard guard(mutex_);
    // A period that was removed meanwhile has no place any more.
    const auto place = idle_.find(period);
    if (place != idle_.end() && place->second.size() < kIdlePerPeriod)
        place->second.push_back(std::move(database));
}

}  // namespace modelward::console
