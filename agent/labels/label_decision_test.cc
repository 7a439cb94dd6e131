// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_decision.h"

#include <gtest/gtest.h>

namespace modelward::agent {
namespace {

using fingerprint::Depth;
using fingerprint::Method;

constexpr std::uint32_t kPublicClass = 1u << 0, kRestrictedClass = 1u << 2;
constexpr std::uint32_t kWeights = 1u << 0;

Registry registry() {
    Registry made;
    made.artifacts[1] = {{1, "id-1", "open-model", "weights", "public"}, 0, rules::ArtifactKind::kWeights};
    made.artifacts[7] = {
        {7, "id-7", "secret-model", "weights", "restricted"}, 2, rules::ArtifactKind::kWeights};
    return made;
}

Label derived() {
    return {kRestrictedClass, kWeights, LabelOrigin::kDerived, {7}};
}
Label confirmed() {
    return {kRestrictedClass, kWeights, LabelOrigin::kConfirmed, {7}};
}

ContentFindings matched(std::uint32_t artifact, double score = 1) {
    return {{{artifact, Method::kTensors, score, 0.5, 10}}, Depth::kSampled, InnocentKind::kNone, true};
}
ContentFindings unmatched(Depth depth, InnocentKind innocent = InnocentKind::kNone, bool settled = true) {
    return {{}, depth, innocent, settled};
}

TEST(LabelDecision, MatchedContentIsLabelledConfirmed) {
    const auto decision = decide(std::nullopt, matched(7), registry());
    ASSERT_EQ(decision.action, LabelAction::kSet);
    EXPECT_EQ(decision.label.classes, kRestrictedClass);
    EXPECT_EQ(decision.label.kinds, kWeights);
    EXPECT_EQ(decision.label.origin, LabelOrigin::kConfirmed);
    EXPECT_EQ(decision.label.artifacts, (std::vector<std::uint32_t>{7}));
    EXPECT_EQ(decision.reason, "content matches 'secret-model' by tensors, 50 % of it");
}

TEST(LabelDecision, ADerivedLabelIsConfirmedByContent) {
    EXPECT_EQ(decide(derived(), matched(7), registry()).action, LabelAction::kSet);
}

TEST(LabelDecision, TheSameLabelAgainChangesNothing) {
    EXPECT_EQ(decide(confirmed(), matched(7), registry()).action, LabelAction::kKeep);
}

TEST(LabelDecision, WhatMayStandBesideAnythingElseTakesNothingAway) {
    for (const Method method : {Method::kRecords, Method::kLandmarks}) {
        ContentFindings findings = matched(1, 1.0);
        findings.matches[0].method = method;
        const auto decision = decide(derived(), findings, registry());
        ASSERT_EQ(decision.action, LabelAction::kSet);
        EXPECT_EQ(decision.label.classes, kPublicClass | kRestrictedClass);
    }
}

TEST(LabelDecision, AFileThatIsWhollyAnotherArtifactLosesWhatLineageSaid) {
    const auto decision = decide(derived(), matched(1, 1.0), registry());
    ASSERT_EQ(decision.action, LabelAction::kSet);
    EXPECT_EQ(decision.label.classes, kPublicClass);
}

TEST(LabelDecision, AFileThatIsPartlyAnotherArtifactKeepsWhatLineageSaid) {
    const auto decision = decide(derived(), matched(1, 0.6), registry());
    ASSERT_EQ(decision.action, LabelAction::kSet);
    EXPECT_EQ(decision.label.classes, kPublicClass | kRestrictedClass);
    EXPECT_EQ(decision.label.artifacts, (std::vector<std::uint32_t>{1, 7}));
}

TEST(LabelDecision, NoMatchInASampleAsksForTheFullScan) {
    EXPECT_EQ(decide(std::nullopt, unmatched(Depth::kSampled), registry()).action, LabelAction::kScanFull);
    EXPECT_EQ(decide(derived(), unmatched(Depth::kSampled), registry()).action, LabelAction::kScanFull);
}

TEST(LabelDecision, InnocentContentClearsALabelOnceNobodyWrites) {
    for (const auto& label : {derived(), confirmed()}) {
        EXPECT_EQ(decide(label, unmatched(Depth::kFull, InnocentKind::kText), registry()).action,
                  LabelAction::kClear);
        EXPECT_EQ(decide(label, unmatched(Depth::kFull, InnocentKind::kText, false), registry()).action,
                  LabelAction::kWait);
    }
}

TEST(LabelDecision, OpaqueContentKeepsItsLabel) {
    EXPECT_EQ(decide(derived(), unmatched(Depth::kFull), registry()).action, LabelAction::kKeep);
    EXPECT_EQ(decide(confirmed(), unmatched(Depth::kFull), registry()).action, LabelAction::kKeep);
}

TEST(LabelDecision, AnUnlabelledFileWithoutAMatchIsLeftAlone) {
    EXPECT_EQ(decide(std::nullopt, unmatched(Depth::kFull, InnocentKind::kText), registry()).action,
              LabelAction::kKeep);
}

TEST(LabelDecision, ALabelOfNothingRegisteredIsCleared) {
    Label label = confirmed();
    label.artifacts = {99};
    EXPECT_EQ(decide(label, unmatched(Depth::kFull), registry()).action, LabelAction::kClear);
    label.origin = LabelOrigin::kDerived;
    EXPECT_EQ(decide(label, unmatched(Depth::kFull), registry()).action, LabelAction::kKeep);
}

TEST(LabelDecision, AMatchOfAnUnregisteredArtifactIsNoMatch) {
    EXPECT_EQ(decide(std::nullopt, matched(99), registry()).action, LabelAction::kScanFull);
}

}  // namespace
}  // namespace modelward::agent
