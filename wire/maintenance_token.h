// SPDX-License-Identifier: Apache-2.0
// What opens the guard of one host for a while: made by the console, carried to the host by any means, and
// redeemed there without a connection. Signed with the key that signs bundles, in a domain of its own.
//
//   mwm1.<payload, base64url>.<signature, base64url>      payload: a serialized MaintenanceToken
#pragma once

#include <string>
#include <string_view>

#include "wire/modelward.pb.h"
#include "wire/signature.h"

namespace modelward::wire {

inline constexpr std::uint32_t kMaxMaintenanceSeconds = 24 * 3600;
inline constexpr int kMaxMaintenanceTokenMinutes = 7 * 24 * 60;  // from the making of a token to its use
inline constexpr std::size_t kMaxMaintenanceTokenBytes = 2048;

Result<std::string> make_maintenance_token(const MaintenanceToken& token, const PrivateKey& key);

// kDenied: signed by another key, for another host, or too late (`now_unix_s`); kInvalid: no such token at
// all. Whether it was used before is for the caller to know (by its id).
Result<MaintenanceToken> check_maintenance_token(std::string_view text, const BundlePublicKey& key,
                                                 std::string_view host_id, std::int64_t now_unix_s);

}  // namespace modelward::wire
