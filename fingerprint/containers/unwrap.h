// SPDX-License-Identifier: Apache-2.0
// Looks into archives, compression and text encodings, and what is nested in them.
//
// *Content* is what is left when all wrapping is off: the entries of an archive that are no archives
// themselves, what a compressed stream or a text stands for. Models among it give their tensors, and (at full
// depth) all content gives its chunks and records. Content that an archive stores as it is, is read in place:
// a sampled look at a tar of 10 GB reads some headers and 16 KiB a tensor. Everything else is decoded once,
// from front to back, in blocks; the sampled look stops after kMaxSampledBytes of that.
//
// Hostile files cost at most the limits of allowance.h, nested or not. What is not looked into is in
// `unseen`; what was found until then stays. Where an archive breaks off, the rest of a stream is taken as
// content, so that a broken header does not hide what follows.
#pragma once

#include <optional>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/containers/allowance.h"
#include "fingerprint/containers/content_visitor.h"
#include "fingerprint/containers/wrapping.h"

namespace modelward::fingerprint {

struct Unwrapped {
    std::optional<Wrapping> outermost;  // nullopt: the file is not wrapped, and the rest is empty
    std::vector<TensorSketch> tensors;  // of all parts together
    std::vector<Unseen> unseen;         // ascending
};

// The limits that a depth stands for.
WrappingLimits limits_of(Depth depth);

// `visitor` is null when neither chunks nor records are wanted: then the look ends as soon as nothing more is
// wanted of a content. Errors: kIo only.
Result<Unwrapped> unwrap(const ByteSource& file, const WrappingLimits& limits, ContentVisitor* visitor);

}  // namespace modelward::fingerprint
