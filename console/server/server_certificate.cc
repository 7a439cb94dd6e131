// SPDX-License-Identifier: Apache-2.0
#include "console/server/server_certificate.h"

#include <algorithm>

#include "console/server/clock.h"
#include "wire/secret_file.h"

namespace modelward::console {
namespace {

constexpr int kServerDays = 825;  // as long as clients that follow the CA/Browser Forum's old limit accept
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

Result<wire::Certificate> current(const StateDirectory& state) {
    const auto pem = wire::read_small_file(state.server_certificate());
    if (!pem) return fail(pem.error());
    auto certificate = wire::Certificate::from_pem(*pem);
    if (!certificate) return fail(certificate.error().with_context(state.server_certificate().string()));
    return certificate;
}

// No longer than the authority that it hangs on.
int days_from_now(const wire::CertificateAuthority& authority) {
    const std::int64_t left = (authority.certificate().not_after_unix_s() * 1000 - unix_ms_now()) / kDayMs;
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, kServerDays));
}

}  // namespace

Result<void> issue_server_certificate(const StateDirectory& state,
                                      const wire::CertificateAuthority& authority,
                                      const std::vector<std::string>& names) {
    const auto key = wire::PrivateKey::generate_p256();
    if (!key) return fail(key.error());
    const auto certificate = authority.issue_server(*key, names, days_from_now(authority));
    if (!certificate) return fail(certificate.error());
    const auto certificate_pem = certificate->to_pem();
    if (!certificate_pem) return fail(certificate_pem.error());
    const auto key_pem = key->to_pem();
    if (!key_pem) return fail(key_pem.error());
    return wire::write_secret_file(state.server_certificate(), *certificate_pem + *key_pem);
}

Result<RenewedServer> renew_server_certificate(const StateDirectory& state,
                                               const std::vector<std::string>& names) {
    const auto authority = load_authority(state);
    if (!authority) return fail(authority.error());
    RenewedServer renewed{names, days_from_now(*authority), {}};
    if (renewed.days <= 0) {
        return fail(
            ErrorCode::kUnsupported,
            "the console's certificate authority has ended: make a new console and enrol the hosts there");
    }
    const auto before = current(state);
    if (names.empty()) {
        if (!before) return fail(before.error());
        renewed.names = before->names();
    }
    if (before)
        for (const std::string& name : before->names())
            if (std::ranges::find(renewed.names, name) == renewed.names.end())
                renewed.dropped.push_back(name);
    if (auto issued = issue_server_certificate(state, *authority, renewed.names); !issued)
        return fail(issued.error());
    return renewed;
}

Result<std::int64_t> server_certificate_days_left(const StateDirectory& state, std::int64_t now_ms) {
    const auto certificate = current(state);
    if (!certificate) return fail(certificate.error());
    return (certificate->not_after_unix_s() * 1000 - now_ms) / kDayMs;
}

}  // namespace modelward::console
