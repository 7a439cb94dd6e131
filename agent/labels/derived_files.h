// SPDX-License-Identifier: Apache-2.0
// Files that the kernel labelled by lineage and whose content has not had its say yet: looked at once nobody
// writes to them, again and again with growing pauses (1 s to 60 s) while somebody does. Bounded: beyond
// kMostDerived the label simply stays.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <vector>

#include "agent/sensor/kernel_event.h"

namespace modelward::agent {

inline constexpr std::size_t kMostDerived = 20'000;

class DerivedFiles {
  public:
    using Clock = std::chrono::steady_clock;

    // False: no room.
    bool add(const std::filesystem::path& path, const InodeKey& key, Clock::time_point now) {
        if (files_.size() >= kMostDerived && !files_.contains(path)) return false;
        files_[path] = {key, now, std::chrono::seconds(1)};
        return true;
    }

    // Those whose time has come; each is given out again later unless done() is called.
    std::vector<std::filesystem::path> due(Clock::time_point now) {
        std::vector<std::filesystem::path> paths;
        for (auto& [path, wait] : files_) {
            if (wait.next > now) continue;
            paths.push_back(path);
            wait.next = now + wait.pause;
            wait.pause = std::min(wait.pause * 2, std::chrono::seconds(60));
        }
        return paths;
    }

    const InodeKey* key(const std::filesystem::path& path) const {
        const auto found = files_.find(path);
        return found == files_.end() ? nullptr : &found->second.key;
    }
    void done(const std::filesystem::path& path) { files_.erase(path); }
    std::size_t size() const { return files_.size(); }

  private:
    struct Wait {
        InodeKey key;
        Clock::time_point next;
        std::chrono::seconds pause;
    };
    std::map<std::filesystem::path, Wait> files_;
};

}  // namespace modelward::agent
