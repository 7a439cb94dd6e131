// SPDX-License-Identifier: Apache-2.0
#include "wire/bundle.h"

#include <openssl/err.h>

#include <algorithm>

#include "wire/codec.h"
#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

constexpr std::string_view kDomain("modelward-bundle-v1\0", 20);

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
    auto signature = sign(kDomain, *payload, key);
    if (!signature) return fail(signature.error().with_context("the bundle"));
    SignedBundle result;
    result.set_payload(std::move(*payload));
    result.set_signature(std::move(*signature));
    return result;
}

Result<Bundle> verify_bundle(const SignedBundle& signed_bundle, const BundlePublicKey& key,
                             std::uint64_t version_in_force) {
    if (!is_signed(kDomain, signed_bundle.payload(), signed_bundle.signature(), key)) {
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
