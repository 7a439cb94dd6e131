// SPDX-License-Identifier: Apache-2.0
#include "wire/maintenance_token.h"

#include <algorithm>

#include "wire/base64.h"
#include "wire/codec.h"

namespace modelward::wire {
namespace {

constexpr std::string_view kPrefix = "mwm1.";
constexpr std::string_view kDomain("modelward-maintenance-v1\0", 25);

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<std::string> from_base64url(std::string_view text) {
    std::string padded(text);
    std::ranges::replace(padded, '-', '+');
    std::ranges::replace(padded, '_', '/');
    padded.append((4 - padded.size() % 4) % 4, '=');
    const auto bytes = from_base64(padded);
    if (!bytes) return fail(bytes.error());
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace

Result<std::string> make_maintenance_token(const MaintenanceToken& token, const PrivateKey& key) {
    if (token.seconds() == 0 || token.seconds() > kMaxMaintenanceSeconds)
        return fail(ErrorCode::kInvalid, "maintenance lasts for one second to 24 hours");
    const auto payload = serialize(token);
    if (!payload) return fail(payload.error());
    const auto signature = sign(kDomain, *payload, key);
    if (!signature) return fail(signature.error());
    std::string text =
        std::string(kPrefix) + to_base64url(bytes_of(*payload)) + "." + to_base64url(bytes_of(*signature));
    if (text.size() > kMaxMaintenanceTokenBytes)
        return fail(ErrorCode::kLimit, "the reason is too long for a token");
    return text;
}

Result<MaintenanceToken> check_maintenance_token(std::string_view text, const BundlePublicKey& key,
                                                 std::string_view host_id, std::int64_t now_unix_s) {
    const auto malformed = fail(ErrorCode::kInvalid,
                                "not a maintenance token: expected mwm1.<payload>.<signature>, as `modelward "
                                "maintenance-token` prints it");
    if (text.size() > kMaxMaintenanceTokenBytes || !text.starts_with(kPrefix)) return malformed;
    text.remove_prefix(kPrefix.size());
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return malformed;
    const auto payload = from_base64url(text.substr(0, dot));
    const auto signature = from_base64url(text.substr(dot + 1));
    if (!payload || !signature) return malformed;
    if (!is_signed(kDomain, *payload, *signature, key))
        return fail(ErrorCode::kDenied,
                    "the token was not made by this host's console, or was changed on the way");
    MaintenanceToken token;
    if (auto parsed = parse(*payload, token); !parsed) return fail(parsed.error());
    if (token.host_id() != host_id)
        return fail(ErrorCode::kDenied, "the token is for another host, " + token.host_id());
    if (token.redeem_by_unix_s() <= now_unix_s)
        return fail(ErrorCode::kDenied, "the token has expired; the console makes another");
    if (token.id().empty() || token.seconds() == 0 || token.seconds() > kMaxMaintenanceSeconds)
        return fail(ErrorCode::kInvalid, "the token names no duration that is allowed");
    return token;
}

}  // namespace modelward::wire
