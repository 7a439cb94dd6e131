// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/packed_matrix.h"

#include <array>
#include <unordered_map>

#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kCodes = ".qweight";
constexpr std::string_view kZeros = ".qzeros";
constexpr std::string_view kScales = ".scales";
constexpr std::string_view kGroups = ".g_idx";

struct Matrix {
    std::uint64_t rows;
    std::uint64_t columns;
};

// Readers may leave out extents of one; a matrix of one group has them.
std::optional<Matrix> matrix_of(const Tensor& tensor) {
    if (tensor.elements == 0) return std::nullopt;
    const auto shape = tensor.shape.extents();
    if (shape.size() == 1) return Matrix{1, shape[0]};
    if (shape.size() == 2) return Matrix{shape[0], shape[1]};
    return std::nullopt;
}

// So many codes are so many words; those of 3 bits run from one word into the next.
struct CodeType {
    unsigned bits;
    DType dtype;
    std::uint64_t codes;
    std::uint64_t words;
};
constexpr std::array kCodeTypes = {CodeType{2, DType::kU2, 16, 1}, CodeType{3, DType::kU3, 32, 3},
                                   CodeType{4, DType::kU4, 8, 1}, CodeType{8, DType::kU8, 4, 1}};

// By how many zeros share a word.
std::optional<CodeType> code_type(std::uint64_t columns, std::uint64_t words) {
    for (const CodeType& type : kCodeTypes)
        if (columns % type.codes == 0 && words % type.words == 0 &&
            columns / type.codes == words / type.words)
            return type;
    return std::nullopt;
}

bool is_float(DType dtype) {
    return dtype == DType::kF16 || dtype == DType::kBF16 || dtype == DType::kF32;
}

class Finder {
  public:
    explicit Finder(const std::vector<Tensor>& tensors) {
        for (const Tensor& tensor : tensors) {
            const std::string_view name = tensor.name;
            if (name.ends_with(kZeros) || name.ends_with(kScales) || name.ends_with(kGroups))
                companions_.emplace(name, &tensor);
        }
    }

    void unpack(Tensor& codes) const {
        const std::string name = codes.name.substr(0, codes.name.size() - kCodes.size());
        const Tensor* zeros = companion(name, kZeros);
        const Tensor* scales = companion(name, kScales);
        if (zeros == nullptr || scales == nullptr) return;
        if (codes.dtype != DType::kI32 || zeros->dtype != DType::kI32 || !is_float(scales->dtype)) return;
        const auto words = matrix_of(codes);
        const auto words_of_zeros = matrix_of(*zeros);
        const auto scale = matrix_of(*scales);
        if (!words || !words_of_zeros || !scale || words_of_zeros->rows != scale->rows) return;
        const auto type = code_type(scale->columns, words_of_zeros->columns);
        if (!type) return;
        std::uint64_t rows = words->rows;
        auto layout = PackedMatrix::Layout::kAwq;
        if (words->columns == scale->columns) {
            if (rows % type->words != 0) return;
            layout = PackedMatrix::Layout::kGptq;
            rows = rows / type->words * type->codes;  // no overflow: words have as many bits
        } else if (type->bits != 4 || words->columns != words_of_zeros->columns) {
            return;
        }
        const Tensor* groups = companion(name, kGroups);
        if (groups != nullptr) {
            if (groups->dtype != DType::kI32 || groups->elements != rows) return;
        } else if (rows % scale->rows != 0) {
            return;
        }
        const std::vector<std::uint64_t> shape = {rows, scale->columns};
        const auto extent = extent_of(type->dtype, shape);
        if (!extent) return;  // more elements than any tensor has; the bytes are those of the words
        codes.dtype = type->dtype;
        codes.shape = shape;
        codes.elements = extent->elements;
        codes.layout = element_layout(
            PackedMatrix{layout, type->bits, *zeros, *scales,
                         groups != nullptr ? std::optional<PackedPart>(*groups) : std::nullopt});
    }

  private:
    const Tensor* companion(const std::string& name, std::string_view suffix) const {
        const auto found = companions_.find(name + std::string(suffix));
        return found == companions_.end() ? nullptr : found->second;
    }

    std::unordered_map<std::string_view, const Tensor*> companions_;
};

}  // namespace

void find_packed_matrices(TensorTable& table) {
    const Finder finder(table.tensors);
    for (Tensor& tensor : table.tensors) {
        if (tensor.name.ends_with(kCodes)) finder.unpack(tensor);
    }
}

}  // namespace modelward::fingerprint
