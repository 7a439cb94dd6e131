// SPDX-License-Identifier: Apache-2.0
#include "wire/private_key.h"

#include <openssl/pem.h>

#include "wire/openssl_error.h"

namespace modelward::wire {

Result<PrivateKey> PrivateKey::generate_p256() {
    KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    if (!key) return fail_openssl(ErrorCode::kInternal, "generate an EC P-256 key");
    return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::generate_ed25519() {
    KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) return fail_openssl(ErrorCode::kInternal, "generate an Ed25519 key");
    return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    char no_password[] = "";  // an encrypted key is refused instead of asked about on the terminal
    KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, no_password));
    if (!key) return fail_openssl(ErrorCode::kInvalid, "read a private key in PEM");
    return PrivateKey(std::move(key));
}

Result<std::string> PrivateKey::to_pem() const {
    const BioHandle bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return fail_openssl(ErrorCode::kInternal, "write a private key as PEM");
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace modelward::wire
