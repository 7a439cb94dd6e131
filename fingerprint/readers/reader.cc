// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/reader.h"

#include <algorithm>
#include <array>

namespace modelward::fingerprint {

Result<const Reader*> find_reader(const ByteSource& source) {
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), kHeadBytes));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    // The surest sign first.
    for (const Reader* reader : {&kSafetensorsReader, &kGgufReader, &kZipReader, &kNpyReader, &kTfliteReader,
                                 &kPickleReader, &kOnnxReader}) {
        if (reader->claims(head)) return reader;
    }
    return nullptr;
}

}  // namespace modelward::fingerprint
