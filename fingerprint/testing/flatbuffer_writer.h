// SPDX-License-Identifier: Apache-2.0
// Writes FlatBuffers front to back: parts are laid down empty and filled in or pointed to afterwards.
#pragma once

#include <map>
#include <string_view>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

class FlatbufferWriter {
  public:
    // `identifier` has four letters. The root offset at 0 is still to be pointed somewhere.
    explicit FlatbufferWriter(std::string_view identifier);

    // A table with fields of the given sizes in bytes (0: left out). Gives its position, as all of these do.
    std::size_t table(const std::vector<std::uint8_t>& field_bytes);
    std::size_t field(std::size_t table, std::size_t index) const { return fields_.at({table, index}); }
    std::size_t vector(std::uint32_t count, std::size_t item_bytes);
    std::size_t text(std::string_view value);
    std::size_t data(const Bytes& value);

    void set(std::size_t position, std::uint64_t value, std::size_t bytes);
    // Makes the offset at `position` lead to `target`.
    void point(std::size_t position, std::size_t target) { set(position, target - position, 4); }

    std::size_t size() const { return bytes_.size(); }
    const Bytes& bytes() const { return bytes_; }

  private:
    void align();

    Bytes bytes_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> fields_;  // of table and index
};

}  // namespace modelward::fingerprint::testing
