// SPDX-License-Identifier: Apache-2.0
#include "agent/enroll/renewal.h"

#include "wire/certificate.h"

namespace modelward::agent {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kAskAgain = 3600;

}  // namespace

void CertificateRenewal::watch(const Identity& identity) {
    identity_ = identity;
    const auto certificate = wire::Certificate::from_pem(identity.certificate_pem);
    begin_s_ = certificate ? certificate->not_before_unix_s() : 0;
    end_s_ = certificate ? certificate->not_after_unix_s() : 0;
    asked_s_.reset();
}

std::optional<std::int64_t> CertificateRenewal::days_left(std::int64_t now_s) const {
    if (end_s_ == 0) return std::nullopt;
    const std::int64_t left = end_s_ - now_s;
    return left / kDay - (left < 0 && left % kDay != 0 ? 1 : 0);
}

std::optional<std::string> CertificateRenewal::request(std::int64_t now_s) {
    if (end_s_ - now_s >= (end_s_ - begin_s_) / 3 || now_s >= end_s_) return std::nullopt;
    // A clock that went back must not keep it from asking.
    if (asked_s_ && now_s >= *asked_s_ && now_s < *asked_s_ + kAskAgain) return std::nullopt;
    asked_s_ = now_s;
    auto key = wire::PrivateKey::generate_p256();
    if (!key) return std::nullopt;
    const auto der = wire::make_certificate_request(*key);
    if (!der) return std::nullopt;
    next_key_ = std::move(*key);
    return std::string(der->begin(), der->end());
}

Result<Identity> CertificateRenewal::accept(const Result<wire::RenewResponse>& answer) {
    auto taken = answer ? take(*answer) : Result<Identity>(fail(answer.error()));
    next_key_.reset();
    problem_ = taken ? "" : taken.error().message();
    if (taken) watch(*taken);
    return taken;
}

Result<Identity> CertificateRenewal::take(const wire::RenewResponse& answer) {
    if (!identity_ || !next_key_) return fail(ErrorCode::kInvalid, "a certificate that nobody asked for");
    const auto certificate = wire::Certificate::from_pem(answer.certificate_pem());
    if (!certificate) return fail(certificate.error().with_context("the console's answer"));
    const auto authority = wire::Certificate::from_pem(identity_->ca_pem);
    if (!authority) return fail(authority.error());
    if (!certificate->is_signed_by(*authority))
        return fail(ErrorCode::kDenied, "the new certificate is not of this host's console");
    if (!certificate->belongs_to(*next_key_))
        return fail(ErrorCode::kInvalid, "the new certificate is not for the key that was asked for");
    if (const auto name = certificate->common_name(); !name || *name != identity_->host_id)
        return fail(ErrorCode::kInvalid, "the new certificate is for another host");
    auto key_pem = next_key_->to_pem();
    if (!key_pem) return fail(key_pem.error());
    const auto stored = load_identity(state_dir_);
    if (!stored) return fail(stored.error());
    if (stored->host_id != identity_->host_id)
        return fail(ErrorCode::kConflict,
                    "the host was enrolled anew, as " + stored->host_id + ": restart the agent");
    Identity renewed = *identity_;
    renewed.key_pem = std::move(*key_pem);
    renewed.certificate_pem = answer.certificate_pem();
    if (auto saved = save_certificate(state_dir_, renewed); !saved) return fail(saved.error());
    return renewed;
}

}  // namespace modelward::agent
