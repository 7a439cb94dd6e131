// SPDX-License-Identifier: Apache-2.0
// What a stopped person is told: what happened, which rule it was, what to do. Made of the event that
// analysts get, so that both read the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/modelward.pb.h"

namespace modelward::agent {

struct Notice {
    std::uint64_t sequence = 0;  // the board's; from 1
    std::int64_t time_unix_ns = 0;
    std::uint32_t user = 0;        // whose process it was
    std::uint32_t login_user = 0;  // who had logged in; 0xFFFFFFFF: nobody
    std::string verdict;           // "block", "throttle", "kill"
    std::string happened;          // one sentence
    std::string rule_id, rule_title;
    std::string to_do;  // the rule's message
    std::string program;
    std::uint32_t pid = 0;
    std::uint64_t count = 1;
};

// For block, throttle and kill; nothing for other events, which nobody was stopped by.
std::optional<Notice> notice_of(const wire::Event& event);

// The notice is that person's: of their process, or of one (sudo) that they started after logging in.
inline bool concerns(const Notice& notice, std::uint32_t uid) {
    return notice.user == uid || notice.login_user == uid;
}

// For a terminal: a few lines with "\r\n", no other control character.
std::string terminal_text(const Notice& notice);

}  // namespace modelward::agent
