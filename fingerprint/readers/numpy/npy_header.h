// SPDX-License-Identifier: Apache-2.0
// The header of an .npy file: magic, version, length, and a dictionary as Python would print it:
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. Versions 1 to 3.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <array>
#include <string_view>

#include "base/error.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/numpy/numpy_type.h"

namespace modelward::fingerprint {

inline constexpr std::array<std::uint8_t, 6> kNpyMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};

// Magic, version, length and a dictionary that is at most kMaxNameBytes long: a longer one belongs to a
// record of many fields.
inline constexpr std::uint64_t kMaxNpyHeader = 12 + kMaxNameBytes;

// The array at the cursor, which is left at its data; the name is empty. kUnsupported for versions of the
// future; a record type (a list of fields) gives a type without a dtype and without a size.
Result<NumpyArray> read_npy_header(HeaderCursor& cursor);

// The dictionary alone; its array lies at offset 0.
Result<NumpyArray> parse_npy_dictionary(std::string_view text);

}  // namespace modelward::fingerprint
