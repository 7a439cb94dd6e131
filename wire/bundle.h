// SPDX-License-Identifier: Apache-2.0
// Signing and checking of bundles. A bundle is trusted because of its signature, not because of who delivered
// it: it may come over the uplink, from a file or from a USB stick.
//
// Signature: Ed25519 (RFC 8032) over the 20 bytes "modelward-bundle-v1\0" and the payload, so that a
// signature made for anything else never fits.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "wire/modelward.pb.h"
#include "wire/private_key.h"
#include "wire/signature.h"

namespace modelward::wire {

Result<BundlePublicKey> bundle_public_key(const PrivateKey& key);  // kInvalid: not Ed25519
Result<BundlePublicKey> bundle_public_key_from(
    std::span<const std::uint8_t> bytes);  // kInvalid: not 32 bytes

Result<SignedBundle> sign_bundle(const Bundle& bundle, const PrivateKey& key);

// kDenied: changed on the way or signed by another key; kConflict: not newer than `version_in_force`;
// kInvalid: the payload is malformed. Nothing in the payload is looked at before its signature holds.
Result<Bundle> verify_bundle(const SignedBundle& signed_bundle, const BundlePublicKey& key,
                             std::uint64_t version_in_force);

}  // namespace modelward::wire
