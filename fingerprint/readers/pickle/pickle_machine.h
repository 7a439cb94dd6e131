// SPDX-License-Identifier: Apache-2.0
// Follows a pickle on an abstract stack and gives the values it would build. Nothing is imported, looked up
// or called: a call gives a kObject that remembers what was to be called with what.
//
// Every instruction is looked at once and there are no jumps, so time is bounded by the length of the pickle;
// memory is bounded by the limits below. A pickle that breaks off (truncated, broken, beyond a limit) gives
// the values made until then, with None for a root, and leaves the error in the cursor.
#pragma once

#include <functional>

#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

// Of the values, what they hold and what remembers them, as they are counted: what a pickle makes is held
// until all of it is read. A PyTorch checkpoint takes a good kilobyte a tensor.
inline constexpr std::size_t kMaxPickleBytes = std::size_t{36} << 20;
inline constexpr std::size_t kMaxPickleStack = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPickleMemo = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPickleMarks = std::size_t{1} << 12;

// Called after BUILD with what was built. joblib writes an array's data right behind that instruction: the
// function moves the cursor past it.
using AfterBuild = std::function<void(const Pickle& pickle, PickleId built)>;

// Reads up to and with STOP; the cursor is left behind it.
Pickle read_pickle(HeaderCursor& cursor, const AfterBuild& after_build = {});

}  // namespace modelward::fingerprint
