// SPDX-License-Identifier: Apache-2.0
// Files waiting for a scan: derived ones first, each path once, bounded. What does not fit is dropped and
// counted; the periodic walk finds it again.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace modelward::agent {

inline constexpr std::size_t kMostQueued = 500'000;

class ScanQueue {
  public:
    // An urgent path that already waits moves to the urgent ones.
    void push(const std::filesystem::path& path, bool urgent) {
        if (queued_.size() >= kMostQueued && !urgent) {
            ++dropped_;
            return;
        }
        const auto [waits, added] = queued_.try_emplace(path.native(), urgent);
        if (urgent && (added || !waits->second)) {
            urgent_.push_back(path);  // its older entry is skipped when it comes up
            waits->second = true;
        } else if (added) {
            normal_.push_back(path);
        }
    }

    std::optional<std::filesystem::path> pop() {
        for (auto* lane : {&urgent_, &normal_})
            while (!lane->empty()) {
                auto path = std::move(lane->front());
                lane->pop_front();
                if (queued_.erase(path.native()) > 0) return path;
            }
        return std::nullopt;
    }

    std::size_t size() const { return queued_.size(); }
    std::uint64_t dropped() const { return dropped_; }
    void clear_normal() {
        normal_.clear();
        std::erase_if(queued_, [](const auto& waits) { return !waits.second; });
    }

  private:
    std::deque<std::filesystem::path> urgent_, normal_;
    std::map<std::string, bool> queued_;  // whether among the urgent
    std::uint64_t dropped_ = 0;
};

}  // namespace modelward::agent
