// SPDX-License-Identifier: Apache-2.0
// The console's own certificate authority: EC P-256, self-signed, one level. It issues the console's server
// certificate and one client certificate a host. Serials are 127 random bits; validity starts a day back, so
// that a workstation whose clock is behind can still enrol.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wire/certificate.h"
#include "wire/private_key.h"

namespace modelward::wire {

class CertificateAuthority {
  public:
    static Result<CertificateAuthority> create(std::string_view name, int days);
    // kInvalid: malformed, or the key does not belong to the certificate.
    static Result<CertificateAuthority> load(std::string_view certificate_pem, std::string_view key_pem);

    const Certificate& certificate() const { return certificate_; }
    const PrivateKey& key() const { return key_; }

    // `names` are host names and IP addresses for subjectAltName; at least one.
    Result<Certificate> issue_server(const PrivateKey& server_key, const std::vector<std::string>& names,
                                     int days) const;
    // The subject becomes `common_name`, whatever the request says. kInvalid: malformed, not EC P-256, or the
    // requester does not hold the key.
    Result<Certificate> issue_client(std::span<const std::uint8_t> request_der, std::string_view common_name,
                                     int days) const;

  private:
    CertificateAuthority(Certificate certificate, PrivateKey key)
        : certificate_(std::move(certificate)), key_(std::move(key)) {}
    Certificate certificate_;
    PrivateKey key_;
};

}  // namespace modelward::wire
