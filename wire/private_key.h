// SPDX-License-Identifier: Apache-2.0
// A private key in memory: EC P-256 for TLS, Ed25519 for bundles. Moves, does not copy.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/openssl_handles.h"

namespace modelward::wire {

class PrivateKey {
  public:
    static Result<PrivateKey> generate_p256();
    static Result<PrivateKey> generate_ed25519();
    static Result<PrivateKey> from_pem(std::string_view pem);  // kInvalid

    Result<std::string> to_pem() const;  // PKCS#8, not encrypted: keep it with write_secret_file()
    EVP_PKEY* get() const { return key_.get(); }

  private:
    explicit PrivateKey(KeyHandle key) : key_(std::move(key)) {}
    KeyHandle key_;
};

}  // namespace modelward::wire
