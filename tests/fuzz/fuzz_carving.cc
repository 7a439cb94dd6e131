// SPDX-License-Identifier: Apache-2.0
// Any bytes, in blocks of any size: the same places are found, and what begins there lies in the file.
#include <algorithm>
#include <cstdlib>

#include "fingerprint/carving/carve.h"
#include "fingerprint/carving/signature_search.h"

namespace {

using namespace modelward::fingerprint;

SignatureSearch search(std::span<const std::uint8_t> file, std::size_t block) {
    SignatureSearch search;
    for (std::size_t at = 0; at < file.size(); at += block)
        search.push(file.subspan(at, std::min(block, file.size() - at)));
    return search;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> file(data + 1, size - 1);
    const SignatureSearch whole = search(file, size);
    const SignatureSearch parts = search(file, std::size_t{data[0]} + 1);
    if (!whole.has_more() && !parts.has_more() && whole.places() != parts.places()) std::abort();
    const auto carved = carve(MemorySource(file), whole.places());
    if (!carved) std::abort();
    for (const SampledFile& model : carved->models) {
        if (model.table.empty() || model.table.size() != model.tensors.size()) std::abort();
        for (const Tensor& tensor : model.table)
            if (tensor.offset > file.size() || tensor.bytes > file.size() - tensor.offset) std::abort();
    }
    return 0;
}
