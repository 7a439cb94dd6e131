// SPDX-License-Identifier: Apache-2.0
// Admits hosts: a one-time token in, a client certificate out; later, another certificate for the same host.
#pragma once

#include <string>

#include "console/server/store/hosts.h"
#include "wire/bundle.h"
#include "wire/certificate_authority.h"
#include "wire/modelward.pb.h"

namespace modelward::console {

inline constexpr std::int64_t kMaxTokenMinutes = 7 * 24 * 60;

struct NewToken {
    std::string text{};  // shown once
    std::int64_t expires_ms = 0;
};

// kInvalid unless 1 <= valid_minutes <= kMaxTokenMinutes.
Result<NewToken> create_enrollment_token(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                         std::int64_t valid_minutes, std::int64_t now_ms, const Actor& actor);

// kInvalid: a malformed request, which leaves the token usable; kDenied: the token does not admit.
Result<wire::EnrollResponse> enroll_host(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                         const wire::BundlePublicKey& bundle_key,
                                         const wire::EnrollRequest& request, std::int64_t now_ms,
                                         std::string_view address);

// For the host that asks, over a connection that its certificate so far authenticates. The old one stays
// good until it ends: an agent that never got the answer must be able to ask again. kInvalid, kDenied.
Result<wire::RenewResponse> renew_host(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                       const std::string& host_id, const wire::RenewRequest& request);

}  // namespace modelward::console
