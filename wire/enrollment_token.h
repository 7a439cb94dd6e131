// SPDX-License-Identifier: Apache-2.0
// What an administrator carries to a new host: a one-time secret and the hash of the CA to expect, so that
// the first connection is already authenticated both ways.
//
//   mw1.<secret, 32 bytes, base64url>.<SHA-256 of the CA certificate's DER, 64 hexadecimal digits>
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/digest.h"

namespace modelward::wire {

struct EnrollmentToken {
    std::string secret;  // base64url text, as it is sent in EnrollRequest.token_secret
    Sha256 ca_pin;
};

EnrollmentToken make_enrollment_token(const Sha256& ca_pin);  // a fresh random secret
std::string format(const EnrollmentToken& token);
Result<EnrollmentToken> parse_enrollment_token(
    std::string_view text);  // kInvalid; the message holds no part of it

}  // namespace modelward::wire
