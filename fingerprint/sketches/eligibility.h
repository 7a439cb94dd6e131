// SPDX-License-Identifier: Apache-2.0
// Which tensors are evidence. Unrelated models share tensors that training did not make: constants, ramps,
// grids, Fourier and filter-bank matrices; and small or one-dimensional tensors are alike by chance.
#pragma once

#include <span>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// At least kLeastElements elements of a decodable type, and more than one dimension of extent above 1.
bool has_eligible_shape(const Tensor& tensor);

// True for values that a formula made. The samples are cut into windows of 16; a window is *regular* when
// its values are all equal, or when each value is predicted from the two before it, x[n+1] = c x[n] - x[n-1]
// + d, with less than 5 % of the window's variance left over: that holds for ramps, steps of grids and
// sampled sinusoids of any frequency, and by chance for learnt weights in about one window of a million. Half
// the windows decide; a rest of fewer than 16 values does not.
bool is_regular(std::span<const float> samples);

}  // namespace modelward::fingerprint
