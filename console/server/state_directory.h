// SPDX-License-Identifier: Apache-2.0
// What lies in the console's state directory (mode 0700), and loading the keys from it.
//
//   ca.pem ca.key            the certificate authority
//   server.pem               the console's own certificate and its key, in one file: both change at once
//   bundle.key               signs bundles (Ed25519)
//   console.db               people and configuration
//   events-YYYY-MM.db        events and incidents
#pragma once

#include <filesystem>

#include "wire/certificate_authority.h"
#include "wire/private_key.h"
#include "wire/tls_context.h"

namespace modelward::console {

struct StateDirectory {
    std::filesystem::path path;

    std::filesystem::path ca_certificate() const { return path / "ca.pem"; }
    std::filesystem::path ca_key() const { return path / "ca.key"; }
    std::filesystem::path server_certificate() const { return path / "server.pem"; }
    std::filesystem::path bundle_key() const { return path / "bundle.key"; }
    std::filesystem::path config_database() const { return path / "console.db"; }
};

Result<wire::CertificateAuthority> load_authority(const StateDirectory& state);
Result<wire::PrivateKey> load_bundle_key(const StateDirectory& state);
Result<wire::TlsIdentity> load_server_identity(
    const StateDirectory& state);  // the CA follows the certificate

}  // namespace modelward::console
