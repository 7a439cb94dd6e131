// SPDX-License-Identifier: Apache-2.0
#include "console/server/state_directory.h"

#include "wire/secret_file.h"

namespace modelward::console {

Result<wire::CertificateAuthority> load_authority(const StateDirectory& state) {
    const auto certificate = wire::read_small_file(state.ca_certificate());
    if (!certificate) return fail(certificate.error());
    const auto key = wire::read_small_file(state.ca_key());
    if (!key) return fail(key.error());
    auto authority = wire::CertificateAuthority::load(*certificate, *key);
    if (!authority) return fail(authority.error().with_context(state.ca_certificate().string()));
    return authority;
}

Result<wire::PrivateKey> load_bundle_key(const StateDirectory& state) {
    const auto pem = wire::read_small_file(state.bundle_key());
    if (!pem) return fail(pem.error());
    auto key = wire::PrivateKey::from_pem(*pem);
    if (!key) return fail(key.error().with_context(state.bundle_key().string()));
    return key;
}

Result<wire::TlsIdentity> load_server_identity(const StateDirectory& state) {
    const auto certificate = wire::read_small_file(state.server_certificate());
    if (!certificate) return fail(certificate.error());
    const auto authority = wire::read_small_file(state.ca_certificate());
    if (!authority) return fail(authority.error());
    return wire::TlsIdentity{*certificate + *authority, *certificate};
}

}  // namespace modelward::console
