// SPDX-License-Identifier: Apache-2.0
// Archives that stand one behind the other in a file, as PyTorch's distributed checkpoints keep one for each
// tensor (torch/distributed/checkpoint/filesystem.py). The end record of the last one says where that begins,
// and there, or up to 64 KiB before, ends the one before it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

struct ZipRange {
    std::uint64_t begin;
    std::uint64_t end;
};

inline constexpr std::size_t kMaxZipArchives = std::size_t{1} << 18;

// By their begin; together they are the file: what stands in front of an archive that cannot be told from it
// is a part of it. Of more than kMaxZipArchives the first ones are together in one. What end records say may
// be made up to cut one archive in two: whoever looks for members looks at the file as a whole, too. An Error
// only for kIo.
Result<std::vector<ZipRange>> find_zip_archives(const ByteSource& source);

}  // namespace modelward::fingerprint
