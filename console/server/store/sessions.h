// SPDX-License-Identifier: Apache-2.0
// Signed-in sessions. The token is 256 random bits and only its hash is stored, so a copy of the database
// signs nobody in. A session ends after 12 hours without use, and 24 hours after signing in whatever its use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "console/server/store/users.h"

namespace modelward::console {

inline constexpr std::int64_t kSessionIdleMs = 12LL * 3600 * 1000;
inline constexpr std::int64_t kSessionLifeMs = 24LL * 3600 * 1000;

// The token.
Result<std::string> start_session(ConfigDatabase& config, const User& user, std::int64_t now_ms,
                                  std::string_view address);
// Counts as use. Nothing for an unknown or expired token.
Result<std::optional<User>> find_session(ConfigDatabase& config, std::string_view token, std::int64_t now_ms);
// Whether the session still stands. Not use: an open page must not keep itself signed in.
Result<bool> session_holds(ConfigDatabase& config, std::string_view token, std::int64_t now_ms);
Result<void> end_session(ConfigDatabase& config, std::string_view token, const User& user,
                         std::int64_t now_ms, std::string_view address);

}  // namespace modelward::console
