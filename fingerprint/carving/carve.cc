// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/carving/carve.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fingerprint/containers/range_source.h"
#include "fingerprint/readers/packed_matrix.h"

namespace modelward::fingerprint {

Result<CarvedModels> carve(const ByteSource& source, std::span<const std::uint64_t> places) {
    CarvedModels carved;
    std::uint64_t end_of_last = 0;
    for (const std::uint64_t place : places) {
        if (place < end_of_last || place >= source.size()) continue;
        auto model = sample_file(RangeSource(source, place, source.size() - place));
        if (!model) return fail(model.error());
        if (model->tensors.size() > kMostCarvedTensors - carved.file.tensors.size()) {
            carved.is_whole = false;
            continue;
        }
        for (Tensor& tensor : model->table) {
            shift(tensor, place);
            end_of_last = std::max(end_of_last, tensor.offset + tensor.bytes);
        }
        std::ranges::move(model->tensors, std::back_inserter(carved.file.tensors));
        std::ranges::move(model->table, std::back_inserter(carved.file.table));
    }
    return carved;
}

}  // namespace modelward::fingerprint
