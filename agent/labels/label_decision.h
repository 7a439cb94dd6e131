// SPDX-License-Identifier: Apache-2.0
// From what a file's content is and what label it carries to what label it should carry. Pure.
//
// - Content that matches is labelled, confirmed. A file that is not wholly explained by what matched keeps
//   the classes that it had besides: something else may be in it.
// - A label is taken away only from content that is positively innocent (scanner/innocent_content.h) while
//   nobody writes to it, or when nothing that it names is registered any more. Opaque content keeps its
//   label: lineage is then all that is known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/bundle/registry.h"
#include "agent/scanner/protocol.h"
#include "agent/sensor/kernel_event.h"

namespace modelward::agent {

// A match at or above this explains the whole file, where its score is a share of the file's bytes or
// weights: not one by records or landmarks, of which a file may have a few beside anything else.
inline constexpr double kWholeFile = 0.95;

struct ContentFindings {
    std::vector<fingerprint::Match> matches;  // best first
    fingerprint::Depth depth = fingerprint::Depth::kSampled;
    InnocentKind innocent = InnocentKind::kNone;
    bool settled = false;  // no writer before and after the scan, content unchanged in between
};

enum class LabelAction { kKeep, kSet, kClear, kScanFull, kWait };

struct LabelDecision {
    LabelAction action;
    Label label;         // for kSet
    std::string reason;  // for kSet and kClear: a part of a sentence
};

LabelDecision decide(const std::optional<Label>& current, const ContentFindings& findings,
                     const Registry& registry);

}  // namespace modelward::agent
