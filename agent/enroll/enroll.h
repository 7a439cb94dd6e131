// SPDX-License-Identifier: Apache-2.0
// Enrolment: a key made here, a certificate from the console. The token authenticates both sides: its secret
// the host, its CA hash the console. Renewing the certificate is renewal.h.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "agent/enroll/identity.h"
#include "base/error.h"
#include "wire/https_client.h"

namespace modelward::agent {

// Blocks for as long as the console takes (at most 40 s). The identity is stored in `state_dir`, which is
// known to take it before the token is sent: a token works once, and a host that the console knows and that
// has no identity is a ghost. kIo: the state directory; kInvalid: the token or the answer; kDenied: the
// console is not the one of the token, or refuses the token; kUnavailable.
Result<Identity> enroll(const std::filesystem::path& state_dir, const std::string& console,
                        std::string_view token, const std::string& hostname);

// What a status other than 200 means.
Error refusal_of(const wire::HttpsResponse& response);

}  // namespace modelward::agent
