// SPDX-License-Identifier: Apache-2.0
// Password hashing: Argon2id with 19 MiB, two passes, one lane (OWASP's minimum for Argon2id), a random salt.
// Both functions take about 30 ms of a core; at most two run at once, so that sign-ins cannot take all
// memory. Call them on a worker thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace modelward::console {

// kInvalid: shorter than 12 or longer than 1024 bytes.
Result<std::string> hash_password(std::string_view password);
bool password_matches(std::string_view password, const std::string& hash);

// A hash that no password matches; checking against it takes as long as against any other.
const std::string& hash_of_nobody();

std::string generate_password();  // 24 random characters

}  // namespace modelward::console
