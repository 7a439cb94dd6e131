// SPDX-License-Identifier: Apache-2.0
// An index of a few fingerprints, by the numbers that matches name.
#pragma once

#include <utility>
#include <vector>

#include "fingerprint/index/index_builder.h"

namespace modelward::fingerprint::testing {

inline Index index_of(const std::vector<std::pair<std::uint32_t, Fingerprint>>& artifacts,
                      const std::vector<std::pair<std::uint32_t, Fingerprint>>& of_public = {}) {
    IndexBuilder builder;
    for (const auto& [number, fingerprint] : artifacts)
        builder.add(number, fingerprint);
    for (const auto& [number, fingerprint] : of_public)
        builder.add(number, fingerprint, {.is_public = true});
    return builder.build().value();
}

}  // namespace modelward::fingerprint::testing
