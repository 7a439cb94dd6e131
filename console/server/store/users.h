// SPDX-License-Identifier: Apache-2.0
// People who sign in. Passwords are stored as Argon2id strings (passwords.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "console/server/store/audit.h"
#include "console/server/store/config_database.h"

namespace modelward::console {

inline constexpr std::size_t kMaxUserNameBytes = 64;

struct User {
    std::int64_t id = 0;
    std::string username{};
    std::string role{};  // "admin" changes things, "analyst" looks
};

struct UserWithPassword {
    User user;
    std::string password_hash;
};

// kConflict: the name is taken; kInvalid: a name or role that cannot be.
Result<void> add_user(ConfigDatabase& config, std::string_view username, std::string_view password_hash,
                      std::string_view role, std::int64_t now_ms, const Actor& actor);
// Also ends the user's sessions. kNotFound.
Result<void> set_password(ConfigDatabase& config, std::string_view username, std::string_view password_hash,
                          std::int64_t now_ms, const Actor& actor);
Result<std::optional<UserWithPassword>> find_user(ConfigDatabase& config, std::string_view username);

}  // namespace modelward::console
