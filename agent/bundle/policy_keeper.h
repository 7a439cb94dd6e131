// SPDX-License-Identifier: Apache-2.0
// Keeps one bundle in force: the stored one at start, newer ones as they arrive. A bundle that is refused at
// any step leaves the old one in force, in the kernel and on disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/bundle/bundle_store.h"
#include "agent/bundle/policy_archive.h"
#include "agent/sensor/sensor.h"

namespace modelward::agent {

class PolicyKeeper {
  public:
    // After a policy went into force: with the registry and the scanner's index that belong to it.
    using InForce =
        std::function<void(const rules::CompiledPolicy&, const Registry&, std::shared_ptr<UniqueFd> index)>;
    using Say = std::function<void(const std::string& sentence)>;  // becomes an AGENT event

    // The references must outlive the keeper.
    PolicyKeeper(Sensor& sensor, PolicyArchive& archive, const std::filesystem::path& file, InForce in_force,
                 Say say)
        : sensor_(&sensor),
          archive_(&archive),
          file_(file),
          in_force_(std::move(in_force)),
          say_(std::move(say)) {}

    // The stored bundle, verified again. Without one (or without a key) no policy is applied: what an adopted
    // kernel enforces stays, a fresh one enforces nothing, and that is said.
    void start(const std::optional<wire::BundlePublicKey>& key);

    // False: refused; error() says why.
    bool take(const wire::SignedBundle& bundle);

    // Something about the console's bundles is wrong that does not come with a bundle.
    void complain(const std::string& error);

    std::uint64_t version() const { return version_; }
    const std::string& error() const { return error_; }

  private:
    Result<void> apply(const wire::SignedBundle& bundle, PreparedBundle& prepared, bool store);
    void announce(PreparedBundle& prepared, const std::string& how);
    std::uint64_t oldest_acceptable() const;

    Sensor* sensor_;
    PolicyArchive* archive_;
    BundleFile file_;
    InForce in_force_;
    Say say_;
    std::optional<wire::BundlePublicKey> key_;
    std::uint64_t version_ = 0;
    std::string error_;
};

}  // namespace modelward::agent
