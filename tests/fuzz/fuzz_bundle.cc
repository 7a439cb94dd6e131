// SPDX-License-Identifier: Apache-2.0
// What an agent may be handed as a bundle: no input may be taken for authentic, and every one may be
// malformed.
#include <cstdint>
#include <cstdlib>

#include "wire/bundle.h"
#include "wire/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward::wire;
    static const PrivateKey key = PrivateKey::generate_ed25519().value();
    static const BundlePublicKey public_key = bundle_public_key(key).value();
    const std::string_view input(reinterpret_cast<const char*>(data), size);

    SignedBundle foreign;
    (void)decode(input, 1 << 20, foreign);
    if (parse(input, foreign) && verify_bundle(foreign, public_key, 0)) std::abort();

    Bundle content;
    if (!parse(input, content)) return 0;
    const auto signed_bundle = sign_bundle(content, key);
    if (!signed_bundle) return 0;
    const auto verified = verify_bundle(*signed_bundle, public_key, 0);
    if (verified.has_value() != (content.version() > 0)) std::abort();
    return 0;
}
