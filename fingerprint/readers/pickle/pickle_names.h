// SPDX-License-Identifier: Apache-2.0
// Names for the values of a pickle, as its loader would reach them: {"model": {"layer.0": x}} gives x the
// name "model.layer.0".
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

// The first path from the root to each of `wanted`. Values without a name are not in the map: those that are
// too deep or cannot be reached from the root (of a pickle that breaks off: nothing can), or whose name would
// be longer than kMaxNameBytes.
std::unordered_map<PickleId, std::string> name_values(const Pickle& pickle,
                                                      const std::unordered_set<PickleId>& wanted);

inline constexpr int kMaxPickleDepth = 64;

}  // namespace modelward::fingerprint
