// SPDX-License-Identifier: Apache-2.0
// The pack that ships: it is correct, its own tests hold, and the whole of it decides as the README promises.
#include <gtest/gtest.h>

#include "rules/evaluate.h"
#include "rules/rules.h"

namespace modelward::rules {
namespace {

class CorePack : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto pack = read_pack(MODELWARD_CORE_PACK);
        ASSERT_TRUE(pack.has_value()) << pack.error().message();
        checked_ = load_policy(*pack);
        for (const Problem& problem : checked_.problems)
            ADD_FAILURE() << to_string(problem);
    }

    // "block: Classified artifact to removable media"
    std::string verdict(const char* class_name, ArtifactKind kind, Operation operation, const char* address,
                        std::uint64_t bytes) const {
        const CompiledPolicy& policy = checked_.policy;
        const auto classes = static_cast<std::uint16_t>(1U << *policy.class_number(class_name));
        const auto kinds = static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
        const Decision decision =
            evaluate(policy, {operation, classes, kinds, *parse_address(address), 443, 1000}, bytes);
        std::string text(to_string(decision.action));
        return decision.rule ? text + ": " + policy.rules[*decision.rule].title : text;
    }

    CheckedPolicy checked_;
};

TEST_F(CorePack, HoldsTheClassesOfTheDesign) {
    std::string names;
    for (const ClassInfo& info : checked_.policy.classes)
        names += info.name + " ";
    EXPECT_EQ(names, "public internal confidential restricted ");
}

TEST_F(CorePack, BlocksClassifiedArtifactsOnRemovableMedia) {
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, Operation::kRemovable, "::", 1),
              "block: Classified artifact to removable media");
    EXPECT_EQ(verdict("internal", ArtifactKind::kWeights, Operation::kRemovable, "::", 1ULL << 40), "allow");
}

TEST_F(CorePack, LetsTelemetryButNotWeightsThroughToUnapprovedPlaces) {
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, Operation::kNetwork, "198.51.100.7", 256 << 10),
              "allow: Classified artifact to an unapproved network destination");
    EXPECT_EQ(
        verdict("restricted", ArtifactKind::kWeights, Operation::kNetwork, "198.51.100.7", (256 << 10) + 1),
        "block: Classified artifact to an unapproved network destination");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, Operation::kNetwork, "::1", 1ULL << 40), "allow");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, Operation::kNetwork, "127.0.0.53", 1ULL << 40),
              "allow");
}

TEST_F(CorePack, LetsNothingToNetworkFileSystemsOfUnapprovedServers) {
    constexpr auto kSink = Operation::kNetworkFilesystem;
    EXPECT_EQ(verdict("confidential", ArtifactKind::kConfig, kSink, "198.51.100.7", 1),
              "block: Classified artifact to an unapproved network file system");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, kSink, "::", 1),
              "block: Classified artifact to an unapproved network file system");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, kSink, "127.0.0.1", 1ULL << 40), "allow");
    EXPECT_EQ(verdict("internal", ArtifactKind::kWeights, kSink, "198.51.100.7", 1ULL << 40), "allow");
}

TEST_F(CorePack, BlocksClassifiedArtifactsOverBluetoothAndToDevices) {
    EXPECT_EQ(verdict("confidential", ArtifactKind::kWeights, Operation::kBluetooth, "::", 1),
              "block: Classified artifact over Bluetooth");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kCode, Operation::kDevice, "::", 1),
              "block: Classified artifact to a device");
    EXPECT_EQ(verdict("internal", ArtifactKind::kWeights, Operation::kBluetooth, "::", 1), "allow");
    EXPECT_EQ(verdict("public", ArtifactKind::kWeights, Operation::kDevice, "::", 1), "allow");
}

TEST_F(CorePack, NoSinkIsWithoutARule) {
    for (std::size_t sink = 1; sink < kOperations; ++sink)
        EXPECT_TRUE(verdict("restricted", ArtifactKind::kWeights, static_cast<Operation>(sink),
                            "198.51.100.7", 1ULL << 40)
                        .starts_with("block"))
            << to_string(static_cast<Operation>(sink));
}

TEST_F(CorePack, RecordsReadsOfRestrictedWeights) {
    EXPECT_EQ(verdict("restricted", ArtifactKind::kWeights, Operation::kRead, "::", 0),
              "alert: Restricted weights are read");
    EXPECT_EQ(verdict("restricted", ArtifactKind::kCode, Operation::kRead, "::", 0), "allow");
}

TEST_F(CorePack, TellsThePersonWhoIsStoppedWhatToDo) {
    for (const KernelRule& rule : checked_.policy.rules)
        EXPECT_FALSE(rule.message.empty()) << rule.title;
}

}  // namespace
}  // namespace modelward::rules
