// SPDX-License-Identifier: Apache-2.0
// Any bytes, as a file whose derived label is in question: whatever is behind an image makes it opaque.
#include <cstdlib>
#include <vector>

#include "agent/scanner/innocent_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward;
    // Smaller files are innocent without a look.
    std::vector<std::uint8_t> file(data, data + size);
    const auto judged = agent::innocent_content(fingerprint::MemorySource(file));
    if (!judged) std::abort();
    if (*judged != agent::InnocentKind::kImage) return 0;
    file.push_back(0x80);
    if (*agent::innocent_content(fingerprint::MemorySource(file)) != agent::InnocentKind::kNone) std::abort();
    return 0;
}
