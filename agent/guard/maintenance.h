// SPDX-License-Identifier: Apache-2.0
// Redeems maintenance tokens on this host, each once. The used ones are remembered in the state directory,
// which the guard keeps.
#pragma once

#include <filesystem>

#include "wire/maintenance_token.h"

namespace modelward::agent {

class Maintenance {
  public:
    explicit Maintenance(const std::filesystem::path& state_dir) : used_(state_dir / "maintenance-used") {}

    // Checks the token and notes it as used. As check_maintenance_token(); kConflict: it was used before;
    // kIo: it could not be noted, and is not redeemed.
    Result<wire::MaintenanceToken> redeem(const std::string& text, const wire::BundlePublicKey& key,
                                          const std::string& host_id, std::int64_t now_unix_s) const;

  private:
    std::filesystem::path used_;
};

}  // namespace modelward::agent
