// SPDX-License-Identifier: Apache-2.0
// The artifacts of the bundle in force, with their class and kind as the kernel numbers them. Immutable.
#pragma once

#include <cstdint>
#include <map>

#include "agent/bundle/policy_archive.h"
#include "rules/policy.h"

namespace modelward::agent {

struct RegisteredArtifact {
    ArtifactInfo info;
    std::uint8_t class_number = 0;
    rules::ArtifactKind kind = rules::ArtifactKind::kWeights;
};

struct Registry {
    std::uint64_t version = 0;
    std::map<std::uint32_t, RegisteredArtifact> artifacts;  // by number

    const RegisteredArtifact* find(std::uint32_t number) const {
        const auto found = artifacts.find(number);
        return found == artifacts.end() ? nullptr : &found->second;
    }
};

}  // namespace modelward::agent
