// SPDX-License-Identifier: Apache-2.0
// The notices of the last while, for `modelward notices`. In memory only, bounded for everyone together and
// for each user, so that a flood of one does not push out the others'.
#pragma once

#include <deque>
#include <nlohmann/json_fwd.hpp>

#include "agent/notices/notice.h"

namespace modelward::agent {

inline constexpr std::size_t kMostNotices = 2000;
inline constexpr std::size_t kMostNoticesOfOne = 200;
inline constexpr std::size_t kMostNoticesAtOnce = 50;            // in one answer
inline constexpr std::size_t kMostNoticeBytesAtOnce = 64 << 10;  // likewise, but for a single longer one

class NoticeBoard {
  public:
    NoticeBoard();

    // Equal ones of the same process within a minute are one, counted.
    const Notice& put(Notice notice);

    // {"run": ..., "notices": [...], "next": N, "more": BOOL, "left": N}: what concerns `uid` (0: all) after
    // number `since`, oldest first, so that asking for "next" brings what this answer had no room for, "left"
    // of them. Numbers begin anew with each run of the agent.
    nlohmann::json after(std::uint64_t since, const std::string& run, std::uint32_t uid) const;

    std::size_t size() const { return notices_.size(); }
    std::uint64_t put_count() const { return last_; }

  private:
    std::deque<Notice> notices_;
    std::uint64_t last_ = 0;
    std::string run_;
};

}  // namespace modelward::agent
