// SPDX-License-Identifier: Apache-2.0
// Enrolment: a key made here, a certificate from the console. The token authenticates both sides: its secret
// the host, its CA hash the console. Renewing
// the certificate is renewal.h.
#pragma once

#include <string>
#include <string_view>

#include "agent/enroll/identity.h"
#include "base/error.h"

namespace modelward::agent {

// Blocks for as long as the console takes (at most 40 s). Nothing is stored. kInvalid: the token or the
// answer; kDenied: the console is not the one of the token, or refuses the token; kUnavailable.
Result<Identity> enroll(const std::string& console, std::string_view token, const std::string& hostname);

}  // namespace modelward::agent
