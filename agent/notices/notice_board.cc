// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/notice_board.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "wire/random.h"

namespace modelward::agent {
namespace {

constexpr std::int64_t kSameWithin = 60'000'000'000;

bool same(const Notice& one, const Notice& other) {
    return one.pid == other.pid && one.rule_id == other.rule_id && one.happened == other.happened &&
           one.user == other.user && other.time_unix_ns - one.time_unix_ns < kSameWithin;
}

nlohmann::json to_json(const Notice& notice) {
    return {{"sequence", notice.sequence}, {"time_unix_ms", notice.time_unix_ns / 1'000'000},
            {"user_id", notice.user},      {"verdict", notice.verdict},
            {"what", notice.happened},     {"rule", {{"id", notice.rule_id}, {"title", notice.rule_title}}},
            {"to_do", notice.to_do},       {"program", notice.program},
            {"pid", notice.pid},           {"count", notice.count}};
}

}  // namespace

NoticeBoard::NoticeBoard() : run_(to_hex(wire::random_bytes(8))) {}

const Notice& NoticeBoard::put(Notice notice) {
    // Whoever has read the earlier one is not told of it again.
    const auto before = std::find_if(notices_.rbegin(), notices_.rend(),
                                     [&](const Notice& known) { return same(known, notice); });
    if (before != notices_.rend()) {
        before->count += notice.count;
        return *before;
    }
    const auto is_theirs = [&](const Notice& known) { return known.user == notice.user; };
    if (static_cast<std::size_t>(std::ranges::count_if(notices_, is_theirs)) >= kMostNoticesOfOne)
        notices_.erase(std::ranges::find_if(notices_, is_theirs));
    else if (notices_.size() >= kMostNotices)
        notices_.pop_front();
    notice.sequence = ++last_;
    notices_.push_back(std::move(notice));
    return notices_.back();
}

nlohmann::json NoticeBoard::after(std::uint64_t since, const std::string& run, std::uint32_t uid) const {
    if (run != run_) since = 0;  // a number of another run says nothing here
    nlohmann::json found = nlohmann::json::array();
    std::uint64_t next = last_;
    std::size_t bytes = 0, left = 0;
    for (const auto& notice : notices_) {
        if (notice.sequence <= since || (uid != 0 && !concerns(notice, uid))) continue;
        if (left > 0) {
            ++left;
            continue;
        }
        auto made = to_json(notice);
        bytes += made.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size();
        if (found.empty() || (found.size() < kMostNoticesAtOnce && bytes <= kMostNoticeBytesAtOnce)) {
            found.push_back(std::move(made));
            continue;
        }
        next = found.back().at("sequence");
        left = 1;
    }
    return {{"run", run_}, {"notices", std::move(found)}, {"next", next}, {"more", left > 0}, {"left", left}};
}

}  // namespace modelward::agent
