// SPDX-License-Identifier: Apache-2.0
// Shapes and element types of NumPy as they stand in a pickle.
#pragma once

#include <optional>

#include "fingerprint/readers/numpy/numpy_type.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

// numpy.dtype("f4", False, True) with the state (version, "<", ...).
std::optional<NumpyType> pickled_type(const Pickle& pickle, PickleId id);

// A tuple of counts, at most 64 (NumPy's own limit).
std::optional<std::vector<std::uint64_t>> pickled_shape(const Pickle& pickle, PickleId id);

}  // namespace modelward::fingerprint
