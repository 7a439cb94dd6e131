// SPDX-License-Identifier: Apache-2.0
// What every reader produces: where the tensors of a file lie and how their elements are stored.
//
// A reader returns an Error when the file cannot be trusted at all (a broken header, a limit, overlapping
// tensors). When only a part is wrong or missing (a truncated file, a gap, an element type of the future) the
// reader keeps the tensors that are sound and says what is wrong in `defect`: a thief who cuts the end off a
// model must not get away.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/dtypes/dtype.h"
#include "fingerprint/readers/shape.h"

namespace modelward::fingerprint {

struct ElementLayout;  // element_layout.h, which is one of these
struct PackedMatrix;   // packed_matrix.h
struct BlockScales;    // bitsandbytes.h
struct RowScales;
struct ChunkedData;  // chunked_data.h

struct Tensor {
    std::string name;
    DType dtype;
    Shape shape;             // outermost dimension first
    std::uint64_t elements;  // product of the shape
    std::uint64_t offset;    // of the first byte, from the start of the file
    std::uint64_t bytes;
    // Null: the elements lie in one piece, in the order of the shape, as the type says.
    std::shared_ptr<const ElementLayout> layout{};

    // How its codes become elements, and their order. At most one of them is not null.
    const PackedMatrix* packed() const;
    const BlockScales* block_scales() const;
    const RowScales* row_scales() const;
    // One of the three: its elements are read by sketches/packed_elements.h.
    bool is_packed() const;
    // Where its chunks are, if it is stored in chunks; then `bytes` is 0, since none lie in one piece, and
    // `offset` is that of the first chunk in the file. sketches/chunk_source.h reads it as if they did.
    const ChunkedData* chunked() const;
};

// A half-open range of bytes of the file.
struct ByteRange {
    std::uint64_t begin;
    std::uint64_t end;
};

struct TensorTable {
    std::string_view format;       // of static storage: "safetensors", "pytorch"
    std::uint64_t data_start = 0;  // bytes before this are metadata
    std::vector<Tensor> tensors;   // by offset; inside the file; no overlap; unique names
    std::optional<Error> defect;   // the first thing that was wrong; kUnavailable: more of a stream mends it
    // The defect is no more than that tensors are compressed, which whoever unpacks the file sees.
    bool is_only_compressed = false;
    std::vector<ByteRange> more_headers{};  // of joined files: metadata behind data_start; ascending
};

// Limits of every reader. Files of real models stay far below them.
inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
inline constexpr std::uint64_t kMaxTensors = 1U << 18;
inline constexpr std::size_t kMaxNameBytes = 4096;
inline constexpr std::size_t kMaxDimensions = 8;

// Names are told apart; those of packed matrices are paired by them (packed_matrix.h), of which one file may
// have 18,432. Of a table with more bytes of names than this the later ones are replaced by numbers: 100 MB
// of names are not worth their memory.
inline constexpr std::size_t kMaxNamesBytes = 8U << 20;

class TensorNames {
  public:
    // What a tensor of this name is called in the table.
    std::string keep(std::string_view name);

  private:
    std::size_t bytes_ = 0;
    std::uint64_t replaced_ = 0;
};

// elements and bytes of a tensor from its type and shape, without overflow: nullopt beyond 2^63 or when the
// innermost dimension is not whole blocks.
struct Extent {
    std::uint64_t elements;
    std::uint64_t bytes;
};
std::optional<Extent> extent_of(DType dtype, const std::vector<std::uint64_t>& shape);

// Checks the promise of TensorTable for a file of `file_bytes`: sorts by offset, refuses duplicate names and
// overlaps, drops tensors that end beyond the file (noting a defect).
Result<void> settle(TensorTable& table, std::uint64_t file_bytes);

// Appends to a table whose size nobody knows before it is read. A table that outgrows many tensors gets its
// memory at once: growing on, it would be there twice.
void append(TensorTable& table, Tensor tensor);

// Keeps the first defect.
void note_defect(TensorTable& table, Error error);

}  // namespace modelward::fingerprint
