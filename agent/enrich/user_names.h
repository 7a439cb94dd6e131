// SPDX-License-Identifier: Apache-2.0
// Names of users by number, from the system's user database (LDAP and the like included), remembered.
#pragma once

#include <pwd.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace modelward::agent {

inline constexpr std::uint32_t kNoUser = 0xFFFFFFFF;

class UserNames {
  public:
    // Empty for a number without a name. Names change so rarely that a restart may pick it up.
    const std::string& name(std::uint32_t uid) {
        const auto [entry, added] = names_.try_emplace(uid);
        if (added && uid != kNoUser) {
            std::array<char, 16384> buffer;
            passwd record{};
            passwd* found = nullptr;
            if (::getpwuid_r(uid, &record, buffer.data(), buffer.size(), &found) == 0 && found)
                entry->second = record.pw_name;
        }
        return entry->second;
    }

  private:
    std::map<std::uint32_t, std::string> names_;
};

}  // namespace modelward::agent
