// SPDX-License-Identifier: Apache-2.0
// joblib's NumpyArrayWrapper: a pickled object that says shape, order and type, and right behind it the data.
// Documented by its code: joblib/numpy_pickle.py, NumpyArrayWrapper.
#pragma once

#include <optional>

#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/numpy/numpy_type.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

// The array if `built` is such a wrapper, read at the cursor, which is moved to the data (past the padding).
// The name is left empty.
std::optional<NumpyArray> read_joblib_array(const Pickle& pickle, PickleId built, HeaderCursor& cursor);

}  // namespace modelward::fingerprint
