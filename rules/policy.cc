// SPDX-License-Identifier: Apache-2.0
#include "rules/policy.h"

namespace modelward::rules {

std::optional<std::uint8_t> CompiledPolicy::class_number(std::string_view name) const {
    for (std::size_t number = 0; number < classes.size(); ++number) {
        if (classes[number].name == name) return static_cast<std::uint8_t>(number);
    }
    return std::nullopt;
}

std::string_view to_string(Action action) {
    switch (action) {
        case Action::kAllow:
            return "allow";
        case Action::kAlert:
            return "alert";
        case Action::kBlock:
            return "block";
        case Action::kThrottle:
            return "throttle";
        case Action::kKill:
            return "kill";
    }
    return "unknown";
}

std::string_view to_string(Level level) {
    switch (level) {
        case Level::kInformational:
            return "informational";
        case Level::kLow:
            return "low";
        case Level::kMedium:
            return "medium";
        case Level::kHigh:
            return "high";
        case Level::kCritical:
            return "critical";
    }
    return "unknown";
}

std::string_view to_string(Operation operation) {
    switch (operation) {
        case Operation::kRead:
            return "read";
        case Operation::kRemovable:
            return "removable";
        case Operation::kNetwork:
            return "network";
        case Operation::kNetworkFilesystem:
            return "network-filesystem";
        case Operation::kBluetooth:
            return "bluetooth";
        case Operation::kDevice:
            return "device";
    }
    return "unknown";
}

std::string_view to_string(ArtifactKind kind) {
    switch (kind) {
        case ArtifactKind::kWeights:
            return "weights";
        case ArtifactKind::kAdapter:
            return "adapter";
        case ArtifactKind::kOptimizerState:
            return "optimizer-state";
        case ArtifactKind::kTokenizer:
            return "tokenizer";
        case ArtifactKind::kConfig:
            return "config";
        case ArtifactKind::kTrainingLog:
            return "training-log";
        case ArtifactKind::kDataset:
            return "dataset";
        case ArtifactKind::kCode:
            return "code";
    }
    return "unknown";
}

std::optional<ArtifactKind> artifact_kind_from(std::string_view name) {
    for (std::size_t number = 0; number < kArtifactKinds; ++number) {
        const auto kind = static_cast<ArtifactKind>(number);
        if (to_string(kind) == name) return kind;
    }
    return std::nullopt;
}

}  // namespace modelward::rules
