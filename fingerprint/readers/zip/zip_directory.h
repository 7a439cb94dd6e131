// SPDX-License-Identifier: Apache-2.0
// The central directory of a zip archive, found from the end of the file.
#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/zip/zip_records.h"

namespace modelward::fingerprint {

struct ZipDirectory {
    std::vector<ZipEntry> entries;  // as far as they can be read; local_header points to a local header
    std::optional<Error> defect;
};

// The records at the end of an archive, and where the directory ends that they are of.
struct ZipEndRecord {
    ZipEnd record;
    std::uint64_t behind_directory;
};

// Of the last archive of the source: of its zip64 record, if it has one; nullopt when there is none. kIo.
Result<std::optional<ZipEndRecord>> find_zip_end(const ByteSource& source);

// Counts and sizes of the end record are not believed: entries are read as long as their signatures follow.
// When something stands in front of the archive, offsets may be counted from the archive's own start: both
// ways are tried. An Error only for kIo.
Result<ZipDirectory> read_zip_directory(const ByteSource& source);

// The 32-bit number at `offset`; 0 beyond the end of the file. kIo.
Result<std::uint32_t> zip_signature_at(const ByteSource& source, std::uint64_t offset);

}  // namespace modelward::fingerprint
