// SPDX-License-Identifier: Apache-2.0
// The console's own certificate, which agents and people see: issued by its authority, renewed by hand
// (`modelward-console renew`) because a running console keeps the one that it started with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "console/server/state_directory.h"

namespace modelward::console {

// Makes a key and a certificate for `names` and puts both in place of the old ones at once.
Result<void> issue_server_certificate(const StateDirectory& state,
                                      const wire::CertificateAuthority& authority,
                                      const std::vector<std::string>& names);

struct RenewedServer {
    std::vector<std::string> names{};
    int days = 0;
    std::vector<std::string> dropped{};  // names that the old one had and this one has not
};

// Without `names`, those of the certificate so far. kUnsupported: the authority itself has ended.
Result<RenewedServer> renew_server_certificate(const StateDirectory& state,
                                               const std::vector<std::string>& names);

// Whole days of the console's certificate; 0 or less when it ends today or has ended.
Result<std::int64_t> server_certificate_days_left(const StateDirectory& state, std::int64_t now_ms);

}  // namespace modelward::console
