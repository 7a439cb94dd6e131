// SPDX-License-Identifier: Apache-2.0
// Builds zip archives in memory, sound ones and ones that contradict themselves. Data is never compressed,
// whatever the method says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

struct ZipMemberSpec {
    std::string name;
    Bytes data;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    bool sizes_follow = false;  // in a data descriptor, as PyTorch writes; the local header has zeros
    bool is_zip64 = false;      // sizes and offset in the zip64 field
    bool in_directory = true;
    std::optional<std::string> local_name = std::nullopt;
    std::optional<std::uint32_t> local_bytes = std::nullopt;
    std::optional<std::uint16_t> local_method = std::nullopt;
    std::optional<std::uint32_t> directory_offset = std::nullopt;
};

class ZipWriter {
  public:
    ZipWriter& add(ZipMemberSpec member);
    ZipWriter& add(std::string name, Bytes data) {
        return add({.name = std::move(name), .data = std::move(data)});
    }
    // Where the data of the last member begins.
    std::uint64_t data_offset() const { return data_offset_; }
    // The members without a directory: an archive that was cut.
    const Bytes& members() const { return bytes_; }
    // The whole archive.
    Bytes finish(std::string_view comment = {}) const;
    Bytes finish_zip64() const;

  private:
    Bytes with_directory() const;

    struct Listed {
        ZipMemberSpec spec;
        std::uint64_t offset;
    };
    std::vector<Listed> listed_;
    Bytes bytes_;
    std::uint64_t data_offset_ = 0;
};

}  // namespace modelward::fingerprint::testing
