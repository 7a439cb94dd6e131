// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/reader.h"

#include <algorithm>
#include <array>

#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/hdf5/superblock.h"

namespace modelward::fingerprint {

Result<std::vector<const Reader*>> find_readers(const ByteSource& source) {
    if (source.joined() != nullptr) return std::vector{&source.joined()->reader()};
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), kHeadBytes));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    std::vector<const Reader*> readers;
    for (const Reader* reader :
         {&kSafetensorsReader, &kGgufReader, &kZipReader, &kHdf5Reader, &kNpyReader, &kTfliteReader,
          &kFastTextReader, &kGgmlReader, &kCoreMlReader, &kPickleReader, &kTensorFlowReader, &kOnnxReader})
        if (reader->claims(head)) readers.push_back(reader);
    if (!readers.empty() && readers.front() == &kHdf5Reader) return readers;
    const auto behind_user_block = find_superblock(source);
    if (!behind_user_block) return fail(behind_user_block.error());
    if (*behind_user_block) readers.push_back(&kHdf5Reader);
    return readers;
}

}  // namespace modelward::fingerprint
