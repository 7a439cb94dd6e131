// SPDX-License-Identifier: Apache-2.0
// NumPy's type strings: "<f4" is a little-endian 32-bit float, "|u1" a byte, "V64" a record of 64 bytes, "O"
// a pickled object. https://numpy.org/doc/stable/reference/arrays.interface.html
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

struct NumpyType {
    std::optional<DType> dtype;    // null: elements of this type are no numbers that we know
    std::uint64_t item_bytes = 0;  // 0 for objects, which are pickled instead
    bool is_object = false;
    bool is_text = false;  // or bytes, or a date: nothing that was learnt
    bool is_big_endian = false;
};

// nullopt: not a type string.
std::optional<NumpyType> parse_numpy_type(std::string_view text);

// An array whose data lies in the file.
struct NumpyArray {
    std::string name;
    NumpyType type;
    bool is_fortran;                   // the first dimension varies fastest
    std::vector<std::uint64_t> shape;  // as NumPy gives it
    std::uint64_t offset;              // of the data
};

// Bytes of the data; nullopt on overflow.
std::optional<std::uint64_t> data_bytes(const NumpyArray& array);

// Adds the array, its dimensions in the order in which they lie in the file, or notes why it cannot be used.
// Texts are left out without a note.
void add_numpy_array(TensorTable& table, NumpyArray array);

}  // namespace modelward::fingerprint
