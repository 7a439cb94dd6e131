// SPDX-License-Identifier: Apache-2.0
// Writes HDF5 files part by part: old ones (superblock 0, headers of version 1, symbol tables) and new ones
// (superblock 2 or 3, headers of version 2, links in headers). A test breaks them where it likes. Addresses
// and lengths have eight bytes; checksums are zero.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

using Hdf5Counts = std::vector<std::uint64_t>;
using Hdf5Children = std::vector<std::pair<std::string, std::uint64_t>>;  // name, address of the header

struct Hdf5Part {  // a message of an object header
    std::uint16_t type;
    Bytes body;
    std::uint8_t flags = 0;
};

// Messages.
Hdf5Part hdf5_dataspace(const Hdf5Counts& shape, std::uint8_t version = 1);
Hdf5Part hdf5_datatype(std::uint8_t type_class, std::uint32_t bits, std::uint32_t bytes,
                       const Bytes& properties = {});
// Of 2, 4 or 8 bytes.
Hdf5Part hdf5_float(std::uint32_t bytes, bool is_big_endian = false);
Hdf5Part hdf5_contiguous(std::uint64_t address, std::uint64_t bytes);
Hdf5Part hdf5_compact(const Bytes& data);
Hdf5Part hdf5_continuation(std::uint64_t address, std::uint64_t bytes);
Bytes hdf5_link(const std::string& name, std::uint64_t address);

class Hdf5Writer {
  public:
    // `user_block` bytes come first; addresses do not count them.
    explicit Hdf5Writer(std::uint8_t superblock_version, std::size_t user_block = 0);

    // All give the address of what they add.
    std::uint64_t add(const Bytes& bytes);
    std::uint64_t header(const std::vector<Hdf5Part>& messages);
    std::uint64_t group(const Hdf5Children& children);
    std::uint64_t dataset(const Hdf5Part& type, const Hdf5Counts& shape, const Bytes& data);

    // The messages as they stand in a header or a continuation.
    Bytes messages(const std::vector<Hdf5Part>& messages) const;

    void set(std::uint64_t address, std::uint64_t value, std::size_t bytes);
    const Bytes& finish(std::uint64_t root);

  private:
    bool is_old() const { return version_ < 2; }

    std::uint8_t version_;
    std::size_t base_;
    Bytes bytes_;
};

}  // namespace modelward::fingerprint::testing
