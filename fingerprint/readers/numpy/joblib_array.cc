// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/numpy/joblib_array.h"

#include "fingerprint/readers/numpy/pickled_type.h"

namespace modelward::fingerprint {
namespace {

// The value of a key; None when it is not there.
PickleId attribute(const Pickle& pickle, const PickleValue& state, std::string_view key) {
    for (std::size_t i = 0; i + 1 < state.items.size(); i += 2) {
        if (pickle[state.items[i]].text == key) return state.items[i + 1];
    }
    return kPickleNone;
}

}  // namespace

std::optional<NumpyArray> read_joblib_array(const Pickle& pickle, PickleId built, HeaderCursor& cursor) {
    const PickleValue& object = pickle[built];
    const PickleValue& state = pickle[object.state];
    if (!pickle[object.callable].text.ends_with(".NumpyArrayWrapper") || state.kind != PickleKind::kDict)
        return std::nullopt;
    auto shape = pickled_shape(pickle, attribute(pickle, state, "shape"));
    const auto type = pickled_type(pickle, attribute(pickle, state, "dtype"));
    if (!shape || !type) return std::nullopt;
    const bool is_fortran = pickle[attribute(pickle, state, "order")].text == "F";
    const bool is_padded = attribute(pickle, state, "numpy_array_alignment_bytes") != kPickleNone;
    if (is_padded && !type->is_object) cursor.pass(cursor.number<std::uint8_t>());
    return NumpyArray{{}, *type, is_fortran, std::move(*shape), cursor.position()};
}

}  // namespace modelward::fingerprint
