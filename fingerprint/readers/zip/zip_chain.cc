// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_chain.h"

#include <algorithm>

#include "fingerprint/range_source.h"
#include "fingerprint/readers/zip/zip_directory.h"

namespace modelward::fingerprint {
namespace {

// Where the archive begins that ends with the source; 0 when that is not said.
Result<std::uint64_t> begin_of_last(const ByteSource& source) {
    const auto end = find_zip_end(source);
    if (!end) return fail(end.error());
    if (!*end) return 0;
    const ZipEnd& record = (*end)->record;
    const std::uint64_t behind = (*end)->behind_directory;
    if (record.directory_bytes > behind || record.directory > behind - record.directory_bytes) return 0;
    return behind - record.directory_bytes - record.directory;
}

}  // namespace

Result<std::vector<ZipRange>> find_zip_archives(const ByteSource& source) {
    std::vector<ZipRange> archives;
    std::uint64_t end = source.size();
    while (archives.size() + 1 < kMaxZipArchives) {
        const auto begin = begin_of_last(RangeSource(source, 0, end));
        if (!begin) return fail(begin.error());
        if (*begin == 0 || *begin >= end) break;
        const auto another = find_zip_end(RangeSource(source, 0, *begin));
        if (!another) return fail(another.error());
        if (!*another) break;
        archives.push_back({*begin, end});
        end = *begin;
    }
    archives.push_back({0, end});
    std::ranges::reverse(archives);
    return archives;
}

}  // namespace modelward::fingerprint
