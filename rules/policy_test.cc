// SPDX-License-Identifier: Apache-2.0
#include "rules/policy.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

TEST(Policy, EveryKindHasAName) {
    for (std::size_t number = 0; number < kArtifactKinds; ++number) {
        const auto kind = static_cast<ArtifactKind>(number);
        EXPECT_EQ(artifact_kind_from(to_string(kind)), kind);
    }
    EXPECT_EQ(to_string(ArtifactKind::kOptimizerState), "optimizer-state");
    EXPECT_EQ(artifact_kind_from("Weights"), std::nullopt);
    EXPECT_EQ(to_string(static_cast<ArtifactKind>(kArtifactKinds)), "unknown");
}

TEST(Policy, EveryActionLevelAndOperationHasAName) {
    EXPECT_EQ(to_string(Action::kBlock), "block");
    EXPECT_EQ(to_string(Level::kInformational), "informational");
    EXPECT_EQ(to_string(Operation::kRemovable), "removable");
    EXPECT_EQ(to_string(Operation::kNetwork), "network");
    EXPECT_EQ(to_string(Operation::kRead), "read");
}

}  // namespace
}  // namespace modelward::rules
