// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/first_line.h"

namespace modelward::agent {

// Who logged in and started that process, over sudo and subordinate ids; without a login (a service, a
// process that is gone) `uid`. To share something out by, not to let somebody in: a number of a process may
// be another's by now.
inline std::uint32_t login_user(pid_t pid, std::uint32_t uid, const std::filesystem::path& proc = "/proc") {
    constexpr std::uint32_t kNobody = 0xFFFFFFFF;
    const std::string text = first_line(proc / std::to_string(pid) / "loginuid");
    std::uint32_t login = kNobody;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), login);
    return error == std::errc{} && end == text.data() + text.size() && login != kNobody ? login : uid;
}

}  // namespace modelward::agent
