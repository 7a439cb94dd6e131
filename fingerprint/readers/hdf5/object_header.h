// SPDX-License-Identifier: Apache-2.0
// An object header: the list of messages that say what a group or a dataset is. It may go on in continuation
// blocks elsewhere. HDF5 File Format Specification 3.0, "IV.A. Disk Format: Level 2A - Data Object Headers".
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

enum class Hdf5MessageType : std::uint16_t {
    kDataspace = 0x01,
    kLinkInfo = 0x02,
    kDatatype = 0x03,
    kLink = 0x06,
    kExternalFiles = 0x07,
    kDataLayout = 0x08,
    kFilterPipeline = 0x0B,
    kContinuation = 0x10,
    kSymbolTable = 0x11,
};

struct Hdf5Message {
    Hdf5MessageType type;  // or any other number
    bool is_shared;        // its content says where the message itself is
    std::uint64_t position;
    std::uint64_t bytes;

    Hdf5Cursor cursor(Hdf5File& file) const { return {file, position, bytes}; }
};

// Of one header; real ones have below a hundred, but a group without a heap has one message for each link.
inline constexpr std::size_t kMaxMessages = 1U << 16;
inline constexpr std::size_t kMaxContinuations = 1024;

// Appends all messages but continuations, in the order of the file. Versions 1 and 2. What came before an
// error stays.
Result<void> read_object_header(Hdf5File& file, std::uint64_t position, std::vector<Hdf5Message>& into);

}  // namespace modelward::fingerprint
