// SPDX-License-Identifier: Apache-2.0
// What is in a group: names, and where the object headers of the named objects are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fingerprint/readers/hdf5/object_header.h"

namespace modelward::fingerprint {

struct Hdf5Link {
    std::string name;
    std::uint64_t header;  // position
};

// Soft links name an object that a hard link of the same file leads to, if it is there at all: left out.
struct Hdf5Links {
    std::vector<Hdf5Link> hard;
    bool has_external = false;  // a link into another file
};

// Each appends to `links` (kMaxTensors of them at most); what came before an error stays.

// Of a Symbol Table message: the group is a B-tree of symbol table nodes, the names are in a local heap.
// Specification: "III.B. Symbol Table Nodes", "III.D. Local Heaps", "IV.A.2.r. The Symbol Table Message".
Result<void> read_symbol_table(Hdf5File& file, const Hdf5Message& message, Hdf5Links& links);

// Of a Link message, which a header has or the heap of a group. Specification: "IV.A.2.g. The Link Message".
Result<void> read_link(Hdf5Cursor cursor, Hdf5Links& links);

// Of a Link Info message: the group's links are in a fractal heap, if it has many.
// Specification: "IV.A.2.c. The Link Info Message".
Result<void> read_dense_links(Hdf5File& file, const Hdf5Message& message, Hdf5Links& links);

}  // namespace modelward::fingerprint
