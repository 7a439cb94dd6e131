// SPDX-License-Identifier: Apache-2.0
// Builds .npy files, and pickles with arrays as NumPy and joblib write them.
#pragma once

#include "fingerprint/testing/pickle_writer.h"

namespace modelward::fingerprint::testing {

// Version 1 to 3 with the given dictionary, padded as NumPy does.
Bytes raw_npy(std::uint8_t version, std::string_view dictionary, const Bytes& data);
Bytes npy_file(std::string_view type, bool fortran_order, std::string_view shape, const Bytes& data);

// numpy.dtype("f4", False, True) with a byte order.
void push_numpy_type(PickleWriter& writer, std::string_view type, std::string_view byte_order = "<");
// numpy.core.multiarray._reconstruct with its state.
void push_array(PickleWriter& writer, std::string_view type, const std::vector<std::uint64_t>& shape,
                const Bytes& data, bool is_fortran = false);
// joblib.numpy_pickle.NumpyArrayWrapper with the data behind it, after `padding` bytes.
void push_joblib_array(PickleWriter& writer, std::string_view type, const std::vector<std::uint64_t>& shape,
                       const Bytes& data, std::uint8_t padding = 3, std::string_view order = "C");

}  // namespace modelward::fingerprint::testing
