// SPDX-License-Identifier: Apache-2.0
// Where the members of a zip archive lie in its bytes: the members of model files are stored, not compressed,
// so their tensors can be read in place.
//
// Loaders disagree about archives that contradict themselves, so nothing that some loader could find may be
// hidden from us: the members are those of the central directory together with those that a walk over the
// local headers from the front finds. Where the two disagree both are listed and a defect is noted. Checksums
// and the flag of encryption are not looked at. Names may be there twice and members may overlap; whoever
// makes tensors of them must expect it. An archive whose end was cut off is read by the walk alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

struct ZipMember {
    std::string name;
    std::uint64_t offset;  // of its first byte
    std::uint64_t bytes;   // in the archive; inside the file, less than announced when the file is cut
    bool is_stored;        // false: compressed
};

struct ZipArchive {
    std::vector<ZipMember> members;  // those of the directory in its order, then the others by offset
    std::optional<Error> defect;     // the first thing that was wrong
};

inline constexpr std::size_t kMaxZipMembers = std::size_t{1} << 19;

// An Error only for kIo. Reads headers only, with one exception: when the end was cut off and the local
// headers leave the sizes to the data descriptors, those are searched in the first kMaxZipSearch bytes of
// data.
Result<ZipArchive> read_zip_archive(const ByteSource& source);

inline constexpr std::uint64_t kMaxZipSearch = std::uint64_t{256} << 20;

}  // namespace modelward::fingerprint
