// SPDX-License-Identifier: Apache-2.0
// From signed bytes to a policy that can be applied: all of it or nothing.
//
// prepare() checks the signature, the version, every rule and every fingerprint; stage() puts the bytes on
// disk beside the old ones; commit() exchanges them. A bundle is trusted again at each start by its signature
// only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/bundle/registry.h"
#include "base/error.h"
#include "base/unique_fd.h"
#include "rules/policy.h"
#include "wire/bundle.h"

namespace modelward::agent {

struct PreparedBundle {
    std::uint64_t version = 0;
    rules::CompiledPolicy policy;
    Registry registry;
    std::vector<ArtifactInfo> artifacts;
    UniqueFd index;  // for the scanner: index_file.h
};

// kDenied, kConflict, kInvalid as wire::verify_bundle(); kInvalid with every problem of a rule; kInvalid for
// an artifact of an unknown class or kind, a number given twice, a fingerprint that does not parse.
Result<PreparedBundle> prepare_bundle(const wire::SignedBundle& bundle, const wire::BundlePublicKey& key,
                                      std::uint64_t version_in_force);

// kInvalid when a class that both have would change its number: labels in the kernel hold numbers.
Result<void> check_class_numbers(const PolicyTexts& in_force, const rules::CompiledPolicy& next);

class BundleFile {
  public:
    explicit BundleFile(std::filesystem::path path) : path_(std::move(path)) {}

    Result<wire::SignedBundle> load() const;  // kNotFound, kInvalid, kIo
    Result<void> stage(const wire::SignedBundle& bundle) const;
    Result<void> commit() const;
    void discard() const;

  private:
    std::filesystem::path staged() const { return path_.string() + ".new"; }
    std::filesystem::path path_;
};

}  // namespace modelward::agent
