// SPDX-License-Identifier: Apache-2.0
// The formats of ggml before GGUF, which whisper.cpp still uses: GGML, GGMF, GGJT, and GGLA of LoRA adapters.
// A header whose layout each architecture has for itself (hyperparameters, filters, a vocabulary) and then,
// one behind the other to the end of the file, a description and the elements of each tensor. So the header
// is not understood but searched: the first place from which two descriptions follow each other is where they
// begin. Documented by its code: https://github.com/ggml-org/whisper.cpp, models/convert-pt-to-ggml.py;
// llama.cpp before August 2023, convert.py.
#include <algorithm>
#include <array>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/ggml_types.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kGgml = 0x67676D6C;
constexpr std::uint32_t kGgmf = 0x67676D66;
constexpr std::uint32_t kGgjt = 0x67676A74;
constexpr std::uint32_t kGgla = 0x67676C61;
constexpr std::uint64_t kAlignment = 32;  // of the elements, in the last two

// A vocabulary of 250,000 words takes 3 MB.
constexpr std::uint64_t kMostSearched = 8U << 20;
constexpr std::size_t kBlock = 64 * 1024;
// Dimensions, length of the name, type.
constexpr std::uint64_t kDescriptionBytes = 12;
constexpr std::uint32_t kMostDimensions = 4;
constexpr std::uint32_t kLongestName = 128;

struct Description {
    std::uint32_t dimensions;
    std::uint32_t name_bytes;
    std::uint32_t type;

    // What nearly no other twelve bytes are.
    bool is_plausible() const {
        return dimensions >= 1 && dimensions <= kMostDimensions && name_bytes >= 1 &&
               name_bytes <= kLongestName && ggml_type(type);
    }
};

Description description_at(std::span<const std::uint8_t> bytes) {
    return {load_le<std::uint32_t>(bytes.data()), load_le<std::uint32_t>(bytes.data() + 4),
            load_le<std::uint32_t>(bytes.data() + 8)};
}

bool is_name(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

class FileReader {
  public:
    FileReader(const ByteSource& source, bool is_aligned) : source_(source), is_aligned_(is_aligned) {}

    Result<TensorTable> read() {
        TensorTable table{.format = "ggml", .data_start = 0, .tensors = {}, .defect = {}};
        const auto first = find_first();
        if (!first) return fail(first.error());
        if (!*first)
            return fail(
                ErrorCode::kUnsupported,
                "ggml: no tensors are found behind the header; blocks of before May 2023 are not read");
        for (std::uint64_t at = **first; at < source_.size() && table.tensors.size() < kMaxTensors;) {
            auto tensor = read_tensor(at);
            if (!tensor && tensor.error().code() == ErrorCode::kIo) return fail(tensor.error());
            if (!tensor || !*tensor) {
                note_defect(table, tensor ? Error(ErrorCode::kInvalid,
                                                  "ggml: there is no tensor at byte " + std::to_string(at))
                                          : tensor.error());
                break;
            }
            at = (*tensor)->offset + (*tensor)->bytes;
            append(table, std::move(**tensor));
        }
        if (auto settled = settle_shared(table, source_.size()); !settled) return fail(settled.error());
        return table;
    }

  private:
    // The tensor that is described at `at`; nullopt: none is.
    Result<std::optional<Tensor>> read_tensor(std::uint64_t at) const {
        HeaderCursor cursor(source_, at, at + kDescriptionBytes + kMostDimensions * 4 + kLongestName);
        const Description found{cursor.number<std::uint32_t>(), cursor.number<std::uint32_t>(),
                                cursor.number<std::uint32_t>()};
        if (cursor.ok() && !found.is_plausible()) return std::nullopt;
        std::vector<std::uint64_t> shape;
        for (std::uint32_t i = 0; i < found.dimensions && cursor.ok(); ++i)
            shape.push_back(cursor.number<std::uint32_t>());
        std::ranges::reverse(shape);
        std::string name = cursor.text(found.name_bytes);
        if (!cursor.ok()) {
            if (cursor.error().code() == ErrorCode::kInvalid) return std::nullopt;  // the file ends in it
            return fail(cursor.error());
        }
        const DType dtype = *ggml_type(found.type);
        const auto extent = extent_of(dtype, shape);
        if (!is_name(name) || !extent || extent->elements == 0) return std::nullopt;
        const std::uint64_t offset =
            is_aligned_ ? (cursor.position() + kAlignment - 1) / kAlignment * kAlignment : cursor.position();
        if (extent->bytes >= std::uint64_t{1} << 62) return std::nullopt;
        return Tensor{std::move(name), dtype, std::move(shape), extent->elements, offset, extent->bytes};
    }

    // Whether a tensor is described there and another one, or the end of the file, follows.
    Result<bool> is_first(std::uint64_t at) const {
        const auto tensor = read_tensor(at);
        if (!tensor) return fail(tensor.error());
        if (!*tensor) return false;
        const std::uint64_t end = (*tensor)->offset + (*tensor)->bytes;
        if (end >= source_.size()) return end == source_.size();
        const auto next = read_tensor(end);
        if (!next) return fail(next.error());
        return next->has_value();
    }

    Result<std::optional<std::uint64_t>> find_first() const {
        const std::uint64_t end = std::min(source_.size(), kMostSearched);
        std::vector<std::uint8_t> block(kBlock);
        for (std::uint64_t begin = sizeof(kGgml); begin + kDescriptionBytes <= end;) {
            block.resize(std::min<std::uint64_t>(kBlock, end - begin));
            if (auto read = source_.read(begin, block); !read) return fail(read.error());
            const std::size_t places = block.size() - kDescriptionBytes + 1;
            for (std::size_t i = 0; i < places; ++i) {
                if (block[i] > kMostDimensions) continue;  // nearly always
                if (!description_at(std::span(block).subspan(i)).is_plausible()) continue;
                const auto first = is_first(begin + i);
                if (!first) return fail(first.error());
                if (*first) return std::optional(begin + i);
            }
            begin += places;
        }
        return std::optional<std::uint64_t>{};
    }

    const ByteSource& source_;
    bool is_aligned_;
};

std::uint32_t magic_of(std::span<const std::uint8_t> head) {
    return head.size() < sizeof(kGgml) ? 0 : load_le<std::uint32_t>(head.data());
}

Result<TensorTable> parse(const ByteSource& source) {
    std::array<std::uint8_t, sizeof(kGgml)> head{};
    if (auto read = source.read(0, head); !read) return fail(read.error());
    const std::uint32_t magic = magic_of(head);
    return FileReader(source, magic == kGgjt || magic == kGgla).read();
}

bool claims(std::span<const std::uint8_t> head) {
    const std::uint32_t magic = magic_of(head);
    return magic == kGgml || magic == kGgmf || magic == kGgjt || magic == kGgla;
}

}  // namespace

const Reader kGgmlReader{"ggml", claims, parse};

}  // namespace modelward::fingerprint
