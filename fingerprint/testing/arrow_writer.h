// SPDX-License-Identifier: Apache-2.0
// Writes Arrow's IPC, files and streams, from buffers that are given, sound or not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

// Numbers of the union "Type" in Schema.fbs.
enum class ArrowType : std::uint8_t {
    kNull = 1,
    kInt = 2,
    kFloatingPoint = 3,
    kBinary = 4,
    kUtf8 = 5,
    kBool = 6,
    kDecimal = 7,
    kDate = 8,
    kTime = 9,
    kTimestamp = 10,
    kInterval = 11,
    kList = 12,
    kStruct = 13,
    kUnion = 14,
    kFixedSizeBinary = 15,
    kFixedSizeList = 16,
    kMap = 17,
    kDuration = 18,
    kLargeBinary = 19,
    kLargeUtf8 = 20,
    kLargeList = 21,
    kRunEndEncoded = 22,
    kBinaryView = 23,
    kUtf8View = 24,
    kListView = 25,
};

// A field of the type's table.
struct ArrowParameter {
    std::uint8_t index;
    std::uint64_t value;
    std::uint8_t bytes = 4;
    std::string text = {};  // instead of a number, where there is one
};

// Where a buffer is said to be in the body.
struct ArrowClaim {
    std::uint64_t begin, bytes;
};

// A field of the schema, and its part of a batch.
struct ArrowArray {
    ArrowType type = ArrowType::kNull;
    std::vector<ArrowParameter> parameters = {};
    std::uint64_t length = 0;
    std::uint64_t nulls = 0;
    std::vector<Bytes> buffers = {};
    std::vector<ArrowArray> children = {};
    std::optional<std::uint64_t> dictionary = {};  // then buffers and length are those of the places
    unsigned place_bits = 32;
    bool is_uuid = false;
    std::vector<ArrowClaim> claims = {};  // of the first buffers; of the others it is the truth
};

// kStored: said to be compressed, and that this buffer is not. kExperiment: as before the format said how.
enum class ArrowPacking : std::uint8_t { kNone, kLz4, kZstd, kStored, kExperiment };

// A message, and the bytes behind it.
struct ArrowPart {
    Bytes metadata;
    Bytes body;
};

ArrowPart arrow_schema(const std::vector<ArrowArray>& fields, std::uint16_t endianness = 0);
ArrowPart arrow_batch(const std::vector<ArrowArray>& fields, ArrowPacking packing = ArrowPacking::kNone);
// Which claims to have so many rows.
ArrowPart arrow_batch_of(std::uint64_t rows, const std::vector<ArrowArray>& fields,
                         ArrowPacking packing = ArrowPacking::kNone);
ArrowPart arrow_dictionary(std::uint64_t id, const ArrowArray& values, bool is_delta = false,
                           ArrowPacking packing = ArrowPacking::kNone);
Bytes arrow_stream(const std::vector<ArrowPart>& parts);
Bytes arrow_file(const std::vector<ArrowArray>& fields, const std::vector<ArrowPart>& dictionaries,
                 const std::vector<ArrowPart>& batches);

// Where places in dictionaries are left to the test, buffers are sound.
ArrowArray arrow_numbers(const std::vector<std::uint64_t>& numbers, unsigned bits = 64,
                         bool is_signed = true);
ArrowArray arrow_texts(const std::vector<std::string>& texts, ArrowType type = ArrowType::kUtf8);
// Short ones in place, long ones in one buffer.
ArrowArray arrow_views(const std::vector<std::string>& texts);
ArrowArray arrow_fixed(ArrowType type, const std::vector<ArrowParameter>& parameters, std::uint64_t length,
                       const Bytes& values);
ArrowArray arrow_places(std::uint64_t dictionary, const std::vector<std::uint64_t>& places,
                        const ArrowArray& values, unsigned bits = 32);
// Lists of the values; each ends at one of `ends`.
ArrowArray arrow_lists(const std::vector<std::uint64_t>& ends, const ArrowArray& values,
                       ArrowType type = ArrowType::kList);
ArrowArray arrow_structure(const std::vector<ArrowArray>& children);
// With what is not "1" null.
ArrowArray with_nulls(ArrowArray array, std::string_view bits);

Bytes lz4_frame(const Bytes& bytes);  // in two blocks, one of them with a copy out of the other

}  // namespace modelward::fingerprint::testing
