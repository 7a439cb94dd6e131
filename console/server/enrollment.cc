// SPDX-License-Identifier: Apache-2.0
#include "console/server/enrollment.h"

#include <algorithm>

#include "wire/enrollment_token.h"
#include "wire/random.h"

namespace modelward::console {
namespace {

constexpr int kClientCertificateDays = 365;
constexpr std::size_t kMaxHostNameBytes = 253;  // RFC 1035 section 2.3.4, as text

bool is_host_name(const std::string& name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_';
    };
    return !name.empty() && name.size() <= kMaxHostNameBytes && std::ranges::all_of(name, fits);
}

struct Issued {
    std::string pem{};
    wire::Sha256 pin{};
    std::int64_t expires_ms = 0;
};

Result<Issued> issue(const wire::CertificateAuthority& authority, const std::string& request_der,
                     const std::string& host_id) {
    const std::span der(reinterpret_cast<const std::uint8_t*>(request_der.data()), request_der.size());
    const auto certificate = authority.issue_client(der, host_id, kClientCertificateDays);
    if (!certificate) return fail(certificate.error());
    const auto pin = certificate->pin();
    if (!pin) return fail(pin.error());
    auto pem = certificate->to_pem();
    if (!pem) return fail(pem.error());
    return Issued{std::move(*pem), *pin, certificate->not_after_unix_s() * 1000};
}

}  // namespace

Result<NewToken> create_enrollment_token(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                         std::int64_t valid_minutes, std::int64_t now_ms,
                                         const Actor& actor) {
    if (valid_minutes < 1 || valid_minutes > kMaxTokenMinutes) {
        return fail(ErrorCode::kInvalid,
                    "a token is valid for 1 to " + std::to_string(kMaxTokenMinutes) + " minutes");
    }
    const auto pin = authority.certificate().pin();
    if (!pin) return fail(pin.error());
    const wire::EnrollmentToken token = wire::make_enrollment_token(*pin);
    const std::int64_t expires_ms = now_ms + valid_minutes * 60'000;
    if (auto added = add_enrollment_token(config, token.secret, expires_ms, now_ms, actor); !added)
        return fail(added.error());
    return NewToken{wire::format(token), expires_ms};
}

Result<wire::EnrollResponse> enroll_host(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                         const wire::BundlePublicKey& bundle_key,
                                         const wire::EnrollRequest& request, std::int64_t now_ms,
                                         std::string_view address) {
    // First, so that whoever has no token reaches nothing else; it is used up last, with the host's entry.
    if (auto known = check_enrollment_token(config, request.token_secret(), now_ms); !known)
        return fail(known.error());
    if (!is_host_name(request.hostname())) {
        return fail(ErrorCode::kInvalid,
                    "the host name is empty, too long or has characters that no host name has");
    }
    const std::string id = wire::random_uuid();
    auto issued = issue(authority, request.certificate_request_der(), id);
    if (!issued) return fail(issued.error());
    const EnrolledHost host{id, request.hostname(), now_ms, false, issued->expires_ms};
    auto ca_pem = authority.certificate().to_pem();
    if (!ca_pem) return fail(ca_pem.error());
    if (auto admitted = admit_host(config, request.token_secret(), host, issued->pin, address); !admitted)
        return fail(admitted.error());
    wire::EnrollResponse response;
    response.set_host_id(host.id);
    response.set_certificate_pem(std::move(issued->pem));
    response.set_ca_pem(std::move(*ca_pem));
    response.set_bundle_public_key(bundle_key.data(), bundle_key.size());
    return response;
}

Result<wire::RenewResponse> renew_host(ConfigDatabase& config, const wire::CertificateAuthority& authority,
                                       const std::string& host_id, const wire::RenewRequest& request) {
    auto issued = issue(authority, request.certificate_request_der(), host_id);
    if (!issued) return fail(issued.error());
    if (auto noted = note_certificate(config, host_id, issued->pin, issued->expires_ms); !noted)
        return fail(noted.error());
    wire::RenewResponse response;
    response.set_certificate_pem(std::move(issued->pem));
    return response;
}

}  // namespace modelward::console
