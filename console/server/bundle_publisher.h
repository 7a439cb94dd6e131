// SPDX-License-Identifier: Apache-2.0
// Makes bundles: whenever rules, lists, classes or artifacts change, the change, the bundle that carries it
// and its signature are stored in one transaction; a set of rules that does not check out changes nothing.
// Versions only grow. Thread-safe. The database is free for others while a bundle is signed and compressed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "console/server/store/audit.h"
#include "console/server/store/config_database.h"
#include "console/server/store/policy_tables.h"
#include "rules/rules.h"
#include "wire/modelward.pb.h"
#include "wire/private_key.h"

namespace modelward::console {

struct PublishedBundle {
    std::uint64_t version = 0;
    std::string frame{};  // a SignedBundle as agents get it: protobuf in zstd
};

struct NewArtifact {
    std::string name{};
    std::string kind{};
    std::string class_name{};
    std::vector<std::uint8_t> fingerprint{};  // a .mwfp file
};

struct RulesOutcome {
    std::uint64_t version = 0;
    std::vector<rules::Problem> problems{};  // not empty: nothing was changed
};

class BundlePublisher {
  public:
    // Takes up the newest stored bundle, if there is one.
    static Result<std::unique_ptr<BundlePublisher>> open(ConfigDatabase& config, wire::PrivateKey key,
                                                         std::function<std::int64_t()> now_ms);

    Result<RulesOutcome> publish_rules(const rules::Pack& pack, const Actor& actor);
    // kInvalid: no such kind or class, a broken fingerprint; kConflict: the name or the content is registered
    // already.
    Result<StoredArtifact> add_artifact(const NewArtifact& artifact, const Actor& actor);

    // Noted in the audit log before it is given out. With the key that signs bundles, in a domain of its own.
    // kInvalid, kLimit.
    Result<std::string> sign_maintenance(const wire::MaintenanceToken& token, const Actor& actor) const;

    // The newest bundle; version 0 and no frame before the first.
    std::shared_ptr<const PublishedBundle> newest() const;

  private:
    BundlePublisher(ConfigDatabase& config, wire::PrivateKey key, std::function<std::int64_t()> now_ms);
    struct Note {  // for the audit log
        Actor actor;
        std::string_view action;
        std::string object;  // empty: the bundle
        std::string detail;
    };
    using Change = std::function<Result<void>(Database&)>;
    Result<std::uint64_t> publish(const Change& change, const Note& note);
    Result<wire::Bundle> rehearse(const Change& change);
    Result<void> store(const Change& change, const Note& note, const wire::Bundle& bundle,
                       const wire::SignedBundle& made);
    void take_over(PublishedBundle bundle);

    ConfigDatabase& config_;
    const wire::PrivateKey key_;
    const std::function<std::int64_t()> now_ms_;
    std::mutex publishing_;  // one at a time; taken before the database's lock
    mutable std::mutex mutex_;
    std::shared_ptr<const PublishedBundle> newest_ = std::make_shared<PublishedBundle>();
};

}  // namespace modelward::console
