// SPDX-License-Identifier: Apache-2.0
// Enrolment tokens and the hosts that they admitted. A token's secret is stored as its SHA-256, works once
// and expires. A revoked host keeps its row, so that its incidents keep their name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/server/store/audit.h"
#include "console/server/store/config_database.h"
#include "wire/digest.h"

namespace modelward::console {

struct EnrolledHost {
    std::string id{};  // UUID, the common name of its certificate
    std::string name{};
    std::int64_t enrolled_ms = 0;
    bool revoked = false;
    std::int64_t certificate_expires_ms = 0;  // of the newest one
};

Result<void> add_enrollment_token(ConfigDatabase& config, std::string_view secret, std::int64_t expires_ms,
                                  std::int64_t now_ms, const Actor& actor);

// kDenied: unknown, used or expired token. Leaves it as it is.
Result<void> check_enrollment_token(ConfigDatabase& config, std::string_view secret, std::int64_t now_ms);

// Uses the token up and adds the host, both or neither. kDenied: unknown, used or expired token.
Result<void> admit_host(ConfigDatabase& config, std::string_view secret, const EnrolledHost& host,
                        const wire::Sha256& certificate_sha256, std::string_view address);

// The host's newest certificate is another one. kDenied: no such host, or it is revoked.
Result<void> note_certificate(ConfigDatabase& config, std::string_view host_id,
                              const wire::Sha256& certificate_sha256, std::int64_t expires_ms);

Result<std::optional<EnrolledHost>> find_host(ConfigDatabase& config, std::string_view id);
Result<std::vector<EnrolledHost>> list_hosts(ConfigDatabase& config);  // by name
// kNotFound
Result<void> revoke_host(ConfigDatabase& config, std::string_view id, std::int64_t now_ms,
                         const Actor& actor);

}  // namespace modelward::console
