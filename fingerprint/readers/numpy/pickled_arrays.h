// SPDX-License-Identifier: Apache-2.0
// NumPy arrays inside pickles, where their data is there byte for byte:
// - an object whose state is ([version,] shape, type, is Fortran, data): numpy.core.multiarray._reconstruct;
// - an object made of (data, type, shape, order): numpy.core.numeric._frombuffer, protocol 5;
// - joblib's NumpyArrayWrapper, whose data stands behind the BUILD instruction, outside of the pickle.
// Protocols 0 to 2 of Python 3 write the data as text with escapes; such arrays are noted, not listed.
#pragma once

#include <vector>

#include "base/error.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/numpy/numpy_type.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

// Reads the pickle at the cursor and adds its arrays to the table. Arrays of joblib with pickled objects are
// pickles in the pickle and are read too, to a depth of kMaxNestedPickles. Errors of the pickle are left in
// the cursor; what was found before is in the table.
Pickle read_pickle_with_arrays(HeaderCursor& cursor, TensorTable& table);

inline constexpr int kMaxNestedPickles = 2;

}  // namespace modelward::fingerprint
