// SPDX-License-Identifier: Apache-2.0
#include "wire/enrollment_token.h"

#include <algorithm>

#include "base/hex.h"
#include "wire/base64.h"
#include "wire/random.h"

namespace modelward::wire {
namespace {

constexpr std::string_view kPrefix = "mw1.";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretCharacters = 43;  // 32 bytes in base64url without padding

bool is_base64url(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

EnrollmentToken make_enrollment_token(const Sha256& ca_pin) {
    return {to_base64url(random_bytes(kSecretBytes)), ca_pin};
}

std::string format(const EnrollmentToken& token) {
    return std::string(kPrefix) + token.secret + "." + to_hex(token.ca_pin);
}

Result<EnrollmentToken> parse_enrollment_token(std::string_view text) {
    const auto malformed = fail(ErrorCode::kInvalid,
                                "not an enrollment token: expected mw1.<secret>.<64 hexadecimal digits>, "
                                "as `modelward-console enrollment-token create` prints it");
    if (!text.starts_with(kPrefix)) return malformed;
    text.remove_prefix(kPrefix.size());
    if (text.size() != kSecretCharacters + 1 + 2 * sizeof(Sha256) || text[kSecretCharacters] != '.')
        return malformed;
    EnrollmentToken token{std::string(text.substr(0, kSecretCharacters)), {}};
    if (!std::ranges::all_of(token.secret, is_base64url)) return malformed;
    const auto pin = from_hex(text.substr(kSecretCharacters + 1));
    if (!pin) return malformed;
    std::ranges::copy(*pin, token.ca_pin.begin());
    return token;
}

}  // namespace modelward::wire
