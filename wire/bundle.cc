// SPDX-License-Identifier: Apache-2.0
#include "wire/bundle.h"

#include <openssl/err.h>

#include <algorithm>

#include "wire/codec.h"
#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

constexpr std::string_view kDomain("modelward-bundle-v1\0", 20);
constexpr std::size_t kSignatureBytes = 64;

std::string signed_text(std::string_view payload) {
    return std::string(kDomain).append(payload);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<BundlePublicKey> bundle_public_key(const PrivateKey& key) {
    BundlePublicKey raw;
    std::size_t length = raw.size();
    if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &length) != 1 || length != raw.size()) {
        ERR_clear_error();
        return fail(ErrorCode::kInvalid, "the bundle key is not an Ed25519 key");
    }
    return raw;
}

Result<BundlePublicKey> bundle_public_key_from(std::span<const std::uint8_t> bytes) {
    BundlePublicKey key;
    if (bytes.size() != key.size()) {
        return fail(ErrorCode::kInvalid,
                    "a bundle key has 32 bytes, this one " + std::to_string(bytes.size()));
    }
    std::ranges::copy(bytes, key.begin());
    return key;
}

Result<SignedBundle> sign_bundle(const Bundle& bundle, const PrivateKey& key) {
    auto payload = serialize(bundle);
    if (!payload) return fail(payload.error());
    const std::string text = signed_text(*payload);
    std::string signature(kSignatureBytes, '\0');
    std::size_t length = signature.size();
    const DigestContextHandle context(EVP_MD_CTX_new());
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       bytes_of(text), text.size()) != 1 ||
        length != kSignatureBytes) {
        return fail_openssl(ErrorCode::kInternal, "sign the bundle");
    }
    SignedBundle result;
    result.set_payload(std::move(*payload));
    result.set_signature(std::move(signature));
    return result;
}

Result<Bundle> verify_bundle(const SignedBundle& signed_bundle, const BundlePublicKey& key,
                             std::uint64_t version_in_force) {
    const std::string text = signed_text(signed_bundle.payload());
    const KeyHandle public_key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const DigestContextHandle context(EVP_MD_CTX_new());
    const bool authentic =
        public_key && signed_bundle.signature().size() == kSignatureBytes &&
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signed_bundle.signature()), signed_bundle.signature().size(),
                         bytes_of(text), text.size()) == 1;
    if (!authentic) {
        ERR_clear_error();
        return fail(
            ErrorCode::kDenied,
            "the bundle's signature does not hold: it was changed on the way or signed by another key");
    }
    Bundle bundle;
    if (auto parsed = parse(signed_bundle.payload(), bundle); !parsed) return fail(parsed.error());
    if (bundle.version() <= version_in_force) {
        return fail(ErrorCode::kConflict, "bundle version " + std::to_string(bundle.version()) +
                                              " is not newer than version " +
                                              std::to_string(version_in_force) + ", which is in force");
    }
    return bundle;
}

}  // namespace modelward::wire
