// SPDX-License-Identifier: Apache-2.0
// The formats of ggml before GGUF, which whisper.cpp still uses: GGML, GGMF, GGJT, and GGLA of LoRA adapters.
// A header whose layout each architecture has for itself (hyperparameters, filters, a vocabulary) and then,
// one behind the other to the end of the file, a description and the elements of each tensor. So the header
// is not understood but searched: where the longest row of tensors begins, they begin. Documented by its
// code: https://github.com/ggml-org/whisper.cpp, models/convert-pt-to-ggml.py; llama.cpp before August 2023,
// convert.py.
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
// Dimensions, length of the name, type; then the extents and the name.
constexpr std::uint64_t kFixedBytes = 12;
constexpr std::uint32_t kMostDimensions = 4;
constexpr std::uint32_t kLongestName = 128;
constexpr std::uint64_t kLongestDescription = kFixedBytes + 4 * kMostDimensions + kLongestName;
// Descriptions that are read in all, of rows that turn out to be none as well.
constexpr std::size_t kMostDescriptions = kMaxTensors + 4096;
constexpr int kHyperparameters = 2;
constexpr std::uint32_t kLeastLetters = 1U << 28;

std::uint32_t number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
    return load_le<std::uint32_t>(bytes.data() + at);
}

class FileReader {
  public:
    FileReader(const ByteSource& source, bool is_aligned) : source_(source), is_aligned_(is_aligned) {}

    Result<TensorTable> read() {
        TensorTable table{.format = "ggml", .data_start = 0, .tensors = {}, .defect = {}};
        if (auto found = search(); !found) return fail(found.error());
        if (best_.empty())
            return fail(
                ErrorCode::kUnsupported,
                "ggml: no tensors are found behind the header; blocks of before May 2023 are not read");
        TensorNames names;
        for (std::uint64_t at = best_.front(); at < source_.size();) {
            auto tensor = read_tensor(at);
            if (!tensor && tensor.error().code() == ErrorCode::kIo) return fail(tensor.error());
            if (tensor && !*tensor)
                tensor = fail(ErrorCode::kInvalid, "ggml: there is no tensor at byte " + std::to_string(at));
            if (tensor && table.tensors.size() == kMaxTensors)
                tensor =
                    fail(ErrorCode::kLimit, "ggml: more than " + std::to_string(kMaxTensors) + " tensors");
            if (!tensor) {
                note_defect(table, tensor.error());
                break;
            }
            at = (*tensor)->offset + (*tensor)->bytes;
            std::string(names.keep((*tensor)->name)).swap((*tensor)->name);
            append(table, std::move(**tensor));
        }
        if (auto settled = settle_shared(table, source_.size()); !settled) return fail(settled.error());
        return table;
    }

  private:
    // The tensor that is described at `at`, by the bytes from there on; nullopt: none is.
    std::optional<Tensor> described(std::span<const std::uint8_t> bytes, std::uint64_t at) const {
        if (bytes.size() < kFixedBytes) return std::nullopt;
        const std::uint32_t dimensions = number_at(bytes, 0);
        const std::uint32_t name_bytes = number_at(bytes, 4);
        const auto dtype = ggml_type(number_at(bytes, 8));
        if (dimensions < 1 || dimensions > kMostDimensions || name_bytes < 1 || name_bytes > kLongestName ||
            !dtype)
            return std::nullopt;
        const std::size_t name_at = kFixedBytes + std::size_t{4} * dimensions;
        if (bytes.size() < name_at + name_bytes) return std::nullopt;
        const auto name = bytes.subspan(name_at, name_bytes);
        if (!std::ranges::all_of(name, [](std::uint8_t c) { return c > ' ' && c <= '~'; }))
            return std::nullopt;
        std::vector<std::uint64_t> shape;
        for (std::uint32_t i = dimensions; i > 0; --i)  // innermost first in the file
            shape.push_back(number_at(bytes, kFixedBytes + std::size_t{4} * (i - 1)));
        const auto extent = extent_of(*dtype, shape);
        if (!extent || extent->elements == 0 || extent->bytes >= std::uint64_t{1} << 62) return std::nullopt;
        std::uint64_t offset = at + name_at + name_bytes;
        if (is_aligned_) offset = (offset + kAlignment - 1) / kAlignment * kAlignment;
        return Tensor{std::string(name.begin(), name.end()),
                      *dtype,
                      std::move(shape),
                      extent->elements,
                      offset,
                      extent->bytes};
    }

    Result<std::optional<Tensor>> read_tensor(std::uint64_t at) const {
        std::array<std::uint8_t, kLongestDescription> buffer{};
        const auto bytes =
            std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), source_.size() - at));
        if (auto read = source_.read(at, bytes); !read) return fail(read.error());
        return described(bytes, at);
    }

    // Where the tensors of the row that begins with this one are described. It goes on to where none is, or
    // to where a stream has not come yet.
    Result<std::vector<std::uint64_t>> row_from(std::uint64_t at, const Tensor& first) {
        std::vector<std::uint64_t> row{at};
        std::uint64_t next = first.offset + first.bytes;
        while (next < source_.size() && row.size() < kMaxTensors) {
            if (++descriptions_ > kMostDescriptions)
                return fail(ErrorCode::kLimit, "ggml: too much of the header looks like tensors");
            const auto tensor = read_tensor(next);
            if (!tensor && tensor.error().code() == ErrorCode::kUnavailable) break;
            if (!tensor) return fail(tensor.error());
            if (!*tensor) break;
            row.push_back(next);
            next = (*tensor)->offset + (*tensor)->bytes;
        }
        return row;
    }

    Result<void> search() {
        const std::uint64_t end = std::min(source_.size(), kMostSearched);
        std::vector<std::uint8_t> block;
        for (std::uint64_t begin = sizeof(kGgml); begin < end; begin += kBlock) {
            block.resize(std::min<std::uint64_t>(kBlock + kLongestDescription, source_.size() - begin));
            if (auto read = source_.read(begin, block); !read) return read;
            for (std::size_t i = 0; i < std::min(kBlock, block.size()); ++i) {
                if (block[i] == 0 || block[i] > kMostDimensions) continue;  // nearly always
                const auto ahead = std::span<const std::uint8_t>(block).subspan(i);
                if (auto done = try_row(ahead, begin + i); !done) return done;
            }
        }
        return {};
    }

    Result<void> try_row(std::span<const std::uint8_t> bytes, std::uint64_t at) {
        const auto first = described(bytes, at);
        if (!first || std::ranges::binary_search(best_, at)) return {};
        auto row = row_from(at, *first);
        if (!row) return fail(row.error());
        if (row->size() > best_.size()) best_ = std::move(*row);
        return {};
    }

    const ByteSource& source_;
    bool is_aligned_;
    std::vector<std::uint64_t> best_;  // ascending
    std::size_t descriptions_ = 0;
};

std::uint32_t magic_of(std::span<const std::uint8_t> head) {
    return head.size() < sizeof(kGgml) ? 0 : load_le<std::uint32_t>(head.data());
}

Result<TensorTable> parse(const ByteSource& source) {
    std::array<std::uint8_t, sizeof(kGgml)> head{};
    if (auto read = source.read(0, head); !read) return fail(read.error());
    const std::uint32_t magic = magic_of(head);
    // Hyperparameters are small numbers; letters are none.
    HeaderCursor cursor(source);
    cursor.skip(sizeof magic);
    for (int i = 0; i < kHyperparameters; ++i)
        if (cursor.number<std::uint32_t>() >= kLeastLetters && cursor.ok())
            return TensorTable{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
    if (!cursor.ok()) return fail(cursor.error().with_context("ggml"));
    return FileReader(source, magic == kGgjt || magic == kGgla).read();
}

bool claims(std::span<const std::uint8_t> head) {
    const std::uint32_t magic = magic_of(head);
    return magic == kGgml || magic == kGgmf || magic == kGgjt || magic == kGgla;
}

}  // namespace

const Reader kGgmlReader{"ggml", claims, parse};

}  // namespace modelward::fingerprint
