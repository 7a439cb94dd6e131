// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/reader.h"

#include <algorithm>
#include <array>

#include "fingerprint/readers/hdf5/superblock.h"

namespace modelward::fingerprint {

Result<const Reader*> find_reader(const ByteSource& source) {
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), kHeadBytes));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    // The surest sign first.
    for (const Reader* reader :
         {&kSafetensorsReader, &kGgufReader, &kZipReader, &kHdf5Reader, &kNpyReader, &kTfliteReader,
          &kFastTextReader, &kGgmlReader, &kCoreMlReader, &kPickleReader, &kTensorFlowReader, &kOnnxReader}) {
        if (reader->claims(head)) return reader;
    }
    const auto behind_user_block = find_superblock(source);
    if (!behind_user_block) return fail(behind_user_block.error());
    return *behind_user_block ? &kHdf5Reader : nullptr;
}

}  // namespace modelward::fingerprint
