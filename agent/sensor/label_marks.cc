// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/label_marks.h"

#include <fmt/format.h>

#include <limits>

namespace modelward::agent {

static_assert(kernel::kArtifacts == kArtifactsPerLabel);
static_assert(kernel::kClasses == rules::kMaxClasses);
static_assert(kernel::kKinds == rules::kArtifactKinds);

Result<kernel::label> to_kernel(const Label& label) {
    if (label.classes == 0) return fail(ErrorCode::kInvalid, "a label needs a class");
    if (label.classes >> kernel::kClasses || label.kinds >> kernel::kKinds)
        return fail(ErrorCode::kInvalid,
                    fmt::format("label with classes {:#x} and kinds {:#x}: there are {} classes "
                                "and {} kinds",
                                label.classes, label.kinds, int{kernel::kClasses}, int{kernel::kKinds}));
    kernel::label out{};
    out.marks.classes = label.classes;
    out.marks.kinds = label.kinds;
    out.origin = static_cast<std::uint8_t>(label.origin);
    std::size_t place = 0;
    for (const std::uint32_t artifact : label.artifacts) {
        if (place == kArtifactsPerLabel) break;
        if (artifact == std::numeric_limits<std::uint32_t>::max())
            return fail(ErrorCode::kInvalid, "artifact number 4294967295 is reserved");
        out.marks.artifacts[place++] = artifact + 1;
    }
    return out;
}

Label label_from(const kernel::marks& marks, std::uint8_t origin) {
    Label label;
    label.classes = marks.classes;
    label.kinds = marks.kinds;
    label.origin = origin == kernel::kOriginDerived ? LabelOrigin::kDerived : LabelOrigin::kConfirmed;
    for (const std::uint32_t artifact : marks.artifacts)
        if (artifact) label.artifacts.push_back(artifact - 1);
    return label;
}

}  // namespace modelward::agent
