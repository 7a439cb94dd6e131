// SPDX-License-Identifier: Apache-2.0
// What goes into a bundle, and the bundles made of it: rule documents, artifacts with their fingerprints.
// These work inside the caller's transaction, so that a change and the bundle that carries it are stored
// together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite/sqlite.h"
#include "rules/rules.h"
#include "wire/modelward.pb.h"

namespace modelward::console {

struct StoredArtifact {
    std::uint32_t number = 0;
    std::string id{};
    std::string name{};
    std::string kind{};
    std::string class_name{};
    std::uint64_t bytes = 0;
    std::int64_t created_ms = 0;
};

Result<rules::Pack> load_documents(Database& database);
Result<void> replace_documents(Database& database, const rules::Pack& pack);

// The number of each class that any bundle ever had: labels on the hosts hold numbers, and a host may still
// have any of those bundles.
using ClassNumbers = std::map<std::string, std::size_t, std::less<>>;
Result<ClassNumbers> load_class_numbers(Database& database);
Result<void> note_class_numbers(Database& database, const std::vector<rules::ClassInfo>& classes);

Result<std::vector<StoredArtifact>> list_artifacts(Database& database);  // by number
// Fills `artifact.number`. kConflict: the name or the content is registered already.
Result<void> insert_artifact(Database& database, StoredArtifact& artifact, BlobView sha256,
                             BlobView fingerprint);
// The same artifacts as they travel, fingerprints included.
Result<void> append_artifacts(Database& database, wire::Bundle& bundle);

// The version that the next insert_bundle() must carry: one more than any bundle ever had.
Result<std::uint64_t> next_bundle_version(Database& database);
Result<void> insert_bundle(Database& database, std::uint64_t version, std::int64_t created_ms,
                           const wire::SignedBundle& bundle);
struct StoredBundle {
    std::uint64_t version = 0;
    wire::SignedBundle bundle{};
};
Result<std::optional<StoredBundle>> newest_bundle(Database& database);

}  // namespace modelward::console
