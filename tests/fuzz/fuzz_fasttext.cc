// SPDX-License-Identifier: Apache-2.0
// Any bytes: the reader keeps the promise of TensorTable, and what it lists can be sampled.
#include "tests/fuzz/tensor_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    modelward::fuzz::exercise(modelward::fingerprint::kFastTextReader, {data, size});
    return 0;
}
