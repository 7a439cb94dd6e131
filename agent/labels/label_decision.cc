// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_decision.h"

#include <algorithm>
#include <cmath>

namespace modelward::agent {
namespace {

bool same(const Label& a, const Label& b) {
    return a.classes == b.classes && a.kinds == b.kinds && a.origin == b.origin &&
           std::ranges::is_permutation(a.artifacts, b.artifacts);
}

void add_artifact(Label& label, std::uint32_t number) {
    if (label.artifacts.size() < kArtifactsPerLabel &&
        std::ranges::find(label.artifacts, number) == label.artifacts.end())
        label.artifacts.push_back(number);
}

std::string percent(double share) {
    return std::to_string(std::lround(share * 100)) + " %";
}

bool explains_the_file(const fingerprint::Match& match) {
    return match.score >= kWholeFile && match.method != fingerprint::Method::kRecords &&
           match.method != fingerprint::Method::kLandmarks;
}

}  // namespace

LabelDecision decide(const std::optional<Label>& current, const ContentFindings& findings,
                     const Registry& registry) {
    Label label;
    const fingerprint::Match* best = nullptr;
    for (const auto& match : findings.matches) {
        const auto* artifact = registry.find(match.artifact);
        if (!artifact) continue;  // unregistered since the scanner got its index
        if (!best) best = &match;
        label.classes |= 1u << artifact->class_number;
        label.kinds |= 1u << static_cast<unsigned>(artifact->kind);
        add_artifact(label, match.artifact);
    }
    if (best) {
        if (current && !explains_the_file(*best)) {
            label.classes |= current->classes;
            label.kinds |= current->kinds;
            for (const auto number : current->artifacts)
                add_artifact(label, number);
        }
        if (current && same(*current, label)) return {LabelAction::kKeep, {}, {}};
        return {LabelAction::kSet, label,
                "content matches '" + registry.find(best->artifact)->info.name + "' by " +
                    std::string(to_string(best->method)) + ", " + percent(best->share) + " of it"};
    }
    if (findings.depth == fingerprint::Depth::kSampled) return {LabelAction::kScanFull, {}, {}};
    if (!current) return {LabelAction::kKeep, {}, {}};
    const auto registered = [&](std::uint32_t number) { return registry.find(number) != nullptr; };
    if (current->origin == LabelOrigin::kConfirmed && !current->artifacts.empty() &&
        std::ranges::none_of(current->artifacts, registered))
        return {LabelAction::kClear, {}, "what it matched is not registered any more"};
    if (findings.innocent == InnocentKind::kNone) return {LabelAction::kKeep, {}, {}};
    if (!findings.settled) return {LabelAction::kWait, {}, {}};
    return {LabelAction::kClear,
            {},
            "its content is harmless (" + std::string(to_string(findings.innocent)) + ")"};
}

}  // namespace modelward::agent
