// SPDX-License-Identifier: Apache-2.0
// Keeps the host's certificate from ending: when less than a third of its life is left, a new key is made and
// a certificate asked for over the connection that the old one authenticates. Key and certificate replace the
// old ones together, in one file. A certificate that has ended cannot renew itself: the host enrols again.
//
// Sends nothing itself: request() gives what to send, accept() takes the answer. Times are Unix seconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "agent/enroll/identity.h"
#include "base/error.h"
#include "wire/modelward.pb.h"
#include "wire/private_key.h"

namespace modelward::agent {

class CertificateRenewal {
  public:
    explicit CertificateRenewal(std::filesystem::path state_dir) : state_dir_(std::move(state_dir)) {}

    void watch(const Identity& identity);  // the one in use from now on

    // Rounded down; below 0 when it has ended, nothing without a certificate that can be read.
    std::optional<std::int64_t> days_left(std::int64_t now_s) const;

    // A PKCS#10 request in DER when it is time to ask, at most once an hour. Cheap otherwise.
    std::optional<std::string> request(std::int64_t now_s);

    // The identity to use from now on, which is on disk already. kInvalid: the certificate is not for the key
    // that was asked for, or not for this host; kDenied: it is not of this host's console; kConflict: the
    // host was enrolled anew meanwhile.
    Result<Identity> accept(const Result<wire::RenewResponse>& answer);

    // Why the last try failed; empty when it did not.
    const std::string& problem() const { return problem_; }

  private:
    Result<Identity> take(const wire::RenewResponse& answer);

    std::filesystem::path state_dir_;
    std::optional<Identity> identity_;
    std::int64_t begin_s_ = 0;
    std::int64_t end_s_ = 0;
    std::optional<std::int64_t> asked_s_;
    std::optional<wire::PrivateKey> next_key_;
    std::string problem_;
};

}  // namespace modelward::agent
