// SPDX-License-Identifier: Apache-2.0
// Sign-ins that were refused, in the audit log: who guesses writes a bounded number of entries and each guess
// is in one of them. In ten minutes the first guess of a user from an address is an entry at once, and
// further ones are counted; so are all guesses of the pairs after the first eight, together. The counts are
// in the database, and become entries when the ten minutes are over.
#pragma once

#include <cstdint>
#include <string_view>

#include "console/server/store/config_database.h"

namespace modelward::console {

inline constexpr std::int64_t kRefusalWindowMs = 600'000;
inline constexpr int kRefusalPairs = 8;

// `username`: of a user who exists; what else was typed may be a password, and counts as one name.
Result<void> note_refused_sign_in(ConfigDatabase& config, std::string_view username, std::int64_t now_ms,
                                  std::string_view address);

// Adds sign-ins whose password nobody looked at, and makes entries of counts whose time is over. Called every
// minute: an end without a stop loses what was turned away in that minute, and no guess.
Result<void> settle_refused_sign_ins(ConfigDatabase& config, std::uint64_t turned_away, std::int64_t now_ms);

extern const char kRefusedSignInsSchema[];  // of config_database.cc

}  // namespace modelward::console
