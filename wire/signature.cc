// SPDX-License-Identifier: Apache-2.0
#include "wire/signature.h"

#include <openssl/err.h>

#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<std::string> sign(std::string_view domain, std::string_view payload, const PrivateKey& key) {
    const std::string text = std::string(domain).append(payload);
    std::string signature(kSignatureBytes, '\0');
    std::size_t length = signature.size();
    const DigestContextHandle context(EVP_MD_CTX_new());
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       bytes_of(text), text.size()) != 1 ||
        length != kSignatureBytes) {
        return fail_openssl(ErrorCode::kInternal, "sign");
    }
    return signature;
}

bool is_signed(std::string_view domain, std::string_view payload, std::string_view signature,
               const BundlePublicKey& key) {
    const std::string text = std::string(domain).append(payload);
    const KeyHandle public_key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const DigestContextHandle context(EVP_MD_CTX_new());
    const bool authentic =
        public_key && signature.size() == kSignatureBytes &&
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) ==
            1;
    if (!authentic) ERR_clear_error();
    return authentic;
}

}  // namespace modelward::wire
