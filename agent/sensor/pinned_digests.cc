// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pinned_digests.h"

#include <utility>

namespace modelward::agent {

void PinnedDigests::begin_look() {
    before_ = std::exchange(known_, {});
    left_ = bytes_of_one_look_;
}

Result<std::optional<std::string>> PinnedDigests::of(int fd, const ContentState& state, bool settled) {
    if (static_cast<std::uint64_t>(state.size) > kMaxPinnedBytes)
        return fail(ErrorCode::kLimit, "a pinned program is longer than 1 GiB");
    if (auto earlier = before_.extract(state); earlier && settled) known_.insert(std::move(earlier));
    if (const auto known = known_.find(state); known != known_.end()) return read_on(fd, known->second);
    // What is begun and cannot be kept would be begun again and again.
    if (!settled && static_cast<std::uint64_t>(state.size) >= left_) return std::nullopt;
    auto digest = FileDigest::begin();
    if (!digest) return fail(digest.error());
    Reading reading{std::move(*digest), ""};
    if (!settled) return read_on(fd, reading);
    return read_on(fd, known_.emplace(state, std::move(reading)).first->second);
}

Result<std::optional<std::string>> PinnedDigests::read_on(int fd, Reading& reading) {
    if (reading.result.empty()) {
        const auto before = left_;
        auto result = reading.digest.read_on(fd, left_);
        bytes_read_ += before - left_;
        if (!result) return fail(result.error());
        reading.result = std::move(*result);
    }
    return reading.result.empty() ? std::nullopt : std::optional(reading.result);
}

}  // namespace modelward::agent
