// SPDX-License-Identifier: Apache-2.0
// Who this host is to its console: made by enrolment, kept in the state directory, readable by root only.
//   host.pem (the certificate and its key: one file, so that both change at once)  ca.pem
//   enrollment.json (written last: without it there is no enrolment)
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "wire/bundle.h"

namespace modelward::agent {

struct Identity {
    std::string host_id;
    std::string console;  // HOST:PORT that it enrolled with
    std::string key_pem;
    std::string certificate_pem;
    std::string ca_pem;
    wire::BundlePublicKey bundle_key;
};

// Before a one-time token is spent: makes the directory, and proves with a file that is gone again that an
// identity can be stored there and has room. kIo.
Result<void> prepare_to_save_identity(const std::filesystem::path& state_dir);

Result<void> save_identity(const std::filesystem::path& state_dir, const Identity& identity);

// Only certificate and key, at once.
Result<void> save_certificate(const std::filesystem::path& state_dir, const Identity& identity);

// kNotFound: not enrolled; kInvalid, kIo.
Result<Identity> load_identity(const std::filesystem::path& state_dir);

}  // namespace modelward::agent
