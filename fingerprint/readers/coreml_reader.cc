// SPDX-License-Identifier: Apache-2.0
// Core ML's weights/weight.bin of an .mlpackage: a header and, each behind 64 bytes that describe it, the
// blobs. Their shapes are in the package's model and not here: of a large blob it is supposed that it is a
// matrix. https://github.com/apple/coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp
#include <algorithm>
#include <array>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"
#include "fingerprint/saturating_sum.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::uint64_t kAlignment = 64;  // of descriptions and of data
constexpr std::uint32_t kSentinel = 0xDEADBEEF;
constexpr std::uint64_t kPaddingAndReserved = 40;
// Most biases and scales of layers stay below; what those of larger layers agree in is a small part of the
// weights, and so no match.
constexpr std::uint64_t kLeastMatrix = 1U << 12;

// Indexed by BlobDataType; kCount marks what is not read.
constexpr std::array kTypes = {
    DType::kCount, DType::kF16,   DType::kF32,   DType::kU8,    DType::kI8,     DType::kBF16,
    DType::kI16,   DType::kU16,   DType::kCount, DType::kCount, DType::kCount,  DType::kCount,
    DType::kCount, DType::kCount, DType::kI32,   DType::kU32,   DType::kF8E4M3, DType::kF8E5M2,
};

std::vector<std::uint64_t> supposed_shape(std::uint64_t elements) {
    if (elements < kLeastMatrix || elements % 2 != 0) return {elements};
    return {2, elements / 2};
}

void add_blob(TensorTable& table, std::uint32_t number, std::uint32_t type, std::uint64_t bytes,
              std::uint64_t offset) {
    const std::string name = "blob " + std::to_string(number);
    if (type >= kTypes.size() || kTypes[type] == DType::kCount)
        return note_defect(table,
                           Error(ErrorCode::kUnsupported,
                                 "Core ML: " + name + " has the unknown type " + std::to_string(type)));
    const DType dtype = kTypes[type];
    const std::uint64_t elements = bytes / info(dtype).block_bytes;
    const auto extent = extent_of(dtype, {elements});
    if (!extent || extent->bytes != bytes || offset >= std::uint64_t{1} << 62)
        return note_defect(table, Error(ErrorCode::kInvalid, "Core ML: " + name + " has no whole elements"));
    if (elements > 0) append(table, {name, dtype, supposed_shape(elements), elements, offset, bytes});
}

// Where the next description begins behind data that ends at `end`.
std::uint64_t aligned(std::uint64_t end) {
    return (end + kAlignment - 1) / kAlignment * kAlignment;
}

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "unknown", .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    const auto blobs = cursor.number<std::uint32_t>();
    cursor.skip(kAlignment - sizeof(blobs));
    for (std::uint32_t i = 0; i < std::min<std::uint64_t>(blobs, kMaxTensors); ++i) {
        const auto sentinel = cursor.number<std::uint32_t>();
        const auto type = cursor.number<std::uint32_t>();
        const auto bytes = cursor.number<std::uint64_t>();
        const auto offset = cursor.number<std::uint64_t>();
        cursor.skip(kPaddingAndReserved);
        if (cursor.ok() && sentinel != kSentinel)
            cursor.refuse(ErrorCode::kInvalid, "blob " + std::to_string(i) + " is not described here");
        if (!cursor.ok()) break;
        table.format = "coreml";
        add_blob(table, i, type, bytes, offset);
        const std::uint64_t end = saturating_sum(offset, bytes);
        if (i + 1 == blobs) break;
        // ahead only: each description is read once
        if (end < cursor.position() || end > source.size())
            cursor.refuse(ErrorCode::kInvalid, "blob " + std::to_string(i) + " ends outside of the file");
        else
            cursor.pass(std::min(aligned(end), source.size()) - cursor.position());
    }
    if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
    if (table.format == "unknown") return table;  // another file that begins like this
    if (!cursor.ok()) note_defect(table, cursor.error().with_context("Core ML"));
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    return head.size() >= kAlignment && load_le<std::uint32_t>(head.data()) != 0 &&
           load_le<std::uint32_t>(head.data() + 4) == kVersion &&
           std::ranges::all_of(head.subspan(8, kAlignment - 8), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

const Reader kCoreMlReader{"coreml", claims, parse};

}  // namespace modelward::fingerprint
