// SPDX-License-Identifier: Apache-2.0
// Finds what follows a member of a zip archive when its local header does not give its size.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

class ZipSearch {
  public:
    // Looks at no more than `budget` bytes of data in all. `source` must outlive the object.
    ZipSearch(const ByteSource& source, std::uint64_t budget) : source_(source), budget_(budget) {}

    // Where the data that starts at `data` ends: before a data descriptor that gives just that length. The
    // end of the file when there is none.
    Result<std::uint64_t> end_of_data(std::uint64_t data);

    // The offset of the record after data that ends at `end`, past the data descriptor when there is one;
    // nullopt when no record is there.
    Result<std::optional<std::uint64_t>> next_record(std::uint64_t end, bool has_descriptor) const;

  private:
    const ByteSource& source_;
    std::uint64_t budget_;
};

}  // namespace modelward::fingerprint
