// SPDX-License-Identifier: Apache-2.0
// What the numbers in a kernel event meant when it happened: rules and classes by policy version, artifacts
// by number. Kept in the spool's database, so that an event of an older policy is still explained after a
// restart. The newest kKeptVersions are kept. Artifact numbers are never reused, so one table serves all
// versions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/sqlite/sqlite.h"
#include "rules/policy.h"

namespace modelward::agent {

inline constexpr std::size_t kKeptVersions = 16;

struct ArtifactInfo {
    std::uint32_t number = 0;
    std::string id;
    std::string name;
    std::string kind;
    std::string class_name;
};

// The texts of one policy version, indexed as in the compiled policy.
struct PolicyTexts {
    struct Rule {
        std::string id;
        std::string title;
        std::string level;
        std::string message;
        std::uint64_t budget_bytes = 0;
    };
    std::vector<Rule> rules;
    std::vector<std::string> classes;
};

class PolicyArchive {
  public:
    // `database` must outlive the archive.
    static Result<PolicyArchive> open(Database& database);

    // Versions and numbers mean something under one console's key only: those of another are forgotten
    // (true).
    Result<bool> belong_to(std::string_view bundle_key);

    // To be called before `version` is applied. Saving a version again replaces it. What could not be stored
    // is remembered until the agent ends.
    Result<void> save(std::uint64_t version, const rules::CompiledPolicy& policy,
                      std::span<const ArtifactInfo> artifacts);

    // Null for a version or number that was never saved (or is older than what is kept).
    const PolicyTexts* texts(std::uint64_t version) const;
    const ArtifactInfo* artifact(std::uint32_t number) const;

    std::uint64_t newest_version() const { return versions_.empty() ? 0 : versions_.rbegin()->first; }

  private:
    explicit PolicyArchive(Database& database) : database_(&database) {}
    Result<void> load();
    Result<void> store(std::uint64_t version, const PolicyTexts& texts,
                       std::span<const ArtifactInfo> artifacts);

    Database* database_;
    std::map<std::uint64_t, PolicyTexts> versions_;
    std::map<std::uint32_t, ArtifactInfo> artifacts_;
};

PolicyTexts texts_of(const rules::CompiledPolicy& policy);

}  // namespace modelward::agent
