// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/numpy/pickled_type.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kMostDimensions = 64;

}  // namespace

std::optional<NumpyType> pickled_type(const Pickle& pickle, PickleId id) {
    const PickleValue& value = pickle[id];
    const PickleValue& arguments = pickle[value.arguments];
    if (value.kind != PickleKind::kObject || arguments.items.empty()) return std::nullopt;
    auto type = parse_numpy_type(pickle[arguments.items[0]].text);
    const PickleValue& state = pickle[value.state];
    if (type && state.items.size() > 1 && pickle[state.items[1]].text == ">") type->is_big_endian = true;
    return type;
}

std::optional<std::vector<std::uint64_t>> pickled_shape(const Pickle& pickle, PickleId id) {
    const PickleValue& tuple = pickle[id];
    if (tuple.kind != PickleKind::kTuple || tuple.items.size() > kMostDimensions) return std::nullopt;
    std::vector<std::uint64_t> shape;
    for (const PickleId item : tuple.items) {
        const PickleValue& extent = pickle[item];
        if (extent.kind != PickleKind::kInteger || extent.number < 0) return std::nullopt;
        shape.push_back(static_cast<std::uint64_t>(extent.number));
    }
    return shape;
}

}  // namespace modelward::fingerprint
