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
constexpr std::uint64_t kDescriptionBytes = 64;
// Most biases and scales of layers stay below; what those of larger layers agree in is a small part of the
// weights, and so no match.
constexpr std::uint64_t kLeastMatrix = 1U << 12;
// Between blobs. Loaders go by the offsets that the package's model gives, so there may be anything.
constexpr std::uint64_t kMostGap = 1U << 20;

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

// Neither the count of the header nor an order of blobs is believed: loaders do not look at them.
class FileReader {
  public:
    FileReader(const ByteSource& source, TensorTable& table) : source_(source), table_(table) {}

    Result<void> read() {
        std::uint64_t at = kAlignment;
        for (std::uint32_t number = 0; at < source_.size(); ++number) {
            if (number == kMaxTensors) {
                note_defect(table_, Error(ErrorCode::kLimit,
                                          "Core ML: more than " + std::to_string(number) + " blobs"));
                break;
            }
            const auto end = read_blob(at, number);
            if (!end) {
                if (end.error().code() == ErrorCode::kIo || number == 0) return fail(end.error());
                note_defect(table_, end.error().with_context("Core ML"));
                break;
            }
            at = *end;
        }
        // Of what was packed into less than 8 bits only norms and biases are left: they are nobody's.
        if (table_.defect && table_.defect->code() == ErrorCode::kUnsupported)
            for (Tensor& tensor : table_.tensors)
                tensor.shape = std::vector{tensor.elements};
        return {};
    }

  private:
    // The blob that is described at `at`, or after a gap; gives where the next description may be.
    Result<std::uint64_t> read_blob(std::uint64_t at, std::uint32_t number) {
        const std::uint64_t first = at;
        for (; at < source_.size() && at - first <= kMostGap; at += kAlignment) {
            std::array<std::uint8_t, sizeof kSentinel> sentinel{};
            if (source_.size() - at < sentinel.size()) break;
            if (auto read = source_.read(at, sentinel); !read) return fail(read.error());
            if (load_le<std::uint32_t>(sentinel.data()) != kSentinel) continue;
            HeaderCursor cursor(source_, at + sentinel.size(), at + kDescriptionBytes);
            const auto type = cursor.number<std::uint32_t>();
            const auto bytes = cursor.number<std::uint64_t>();
            const auto offset = cursor.number<std::uint64_t>();
            if (!cursor.ok()) return fail(cursor.error());
            table_.format = "coreml";
            add_blob(table_, number, type, bytes, offset);
            const std::uint64_t end = saturating_sum(offset, bytes);
            // ahead only: each description is read once
            if (offset < at + kDescriptionBytes || end > source_.size())
                return fail(ErrorCode::kInvalid,
                            "blob " + std::to_string(number) + " ends outside of the file");
            return std::min((end + kAlignment - 1) / kAlignment * kAlignment, source_.size());
        }
        return fail(ErrorCode::kInvalid,
                    "blob " + std::to_string(number) + " is not described at byte " + std::to_string(first));
    }

    const ByteSource& source_;
    TensorTable& table_;
};

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
    if (auto read = FileReader(source, table).read(); !read && table.format == kUnknownFormat)
        return fail(read.error());
    else if (!read)
        note_defect(table, read.error().with_context("Core ML"));
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    return head.size() >= kAlignment + 4 && load_le<std::uint32_t>(head.data() + 4) == kVersion &&
           load_le<std::uint32_t>(head.data() + kAlignment) == kSentinel;
}

}  // namespace

const Reader kCoreMlReader{"coreml", claims, parse};

}  // namespace modelward::fingerprint
