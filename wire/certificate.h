// SPDX-License-Identifier: Apache-2.0
// X.509 certificates and PKCS#10 requests, as values. Foreign bytes give kInvalid, never a crash.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wire/digest.h"
#include "wire/openssl_handles.h"
#include "wire/private_key.h"

namespace modelward::wire {

class Certificate {
  public:
    static Result<Certificate> from_pem(std::string_view pem);  // the first one in the text
    explicit Certificate(CertificateHandle handle) : handle_(std::move(handle)) {}

    Result<std::string> to_pem() const;
    Result<std::vector<std::uint8_t>> to_der() const;
    Result<Sha256> pin() const;               // SHA-256 of the DER
    Result<std::string> common_name() const;  // kInvalid: none, or it holds a NUL
    std::int64_t not_before_unix_s() const;   // 0: not a date
    std::int64_t not_after_unix_s() const;
    std::vector<std::string> names() const;  // host names and IP addresses of subjectAltName, in order
    bool is_signed_by(const Certificate& authority) const;  // the signature alone: no dates, no purpose
    bool belongs_to(const PrivateKey& key) const;
    X509* get() const { return handle_.get(); }

  private:
    CertificateHandle handle_;
};

// A request that carries the public half of `key`. The subject is left empty: the console chooses it.
Result<std::vector<std::uint8_t>> make_certificate_request(const PrivateKey& key);

}  // namespace modelward::wire
