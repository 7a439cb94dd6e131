// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/tensor_table.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMaxExtent = std::uint64_t{1} << 63;

Result<void> refuse_duplicates(const TensorTable& table) {
    std::vector<std::uint32_t> by_name(table.tensors.size());
    std::iota(by_name.begin(), by_name.end(), 0U);
    const auto name = [&](std::uint32_t i) -> std::string_view { return table.tensors[i].name; };
    std::ranges::sort(by_name, {}, name);
    const auto twice = std::ranges::adjacent_find(by_name, {}, name);
    if (twice == by_name.end()) return {};
    return fail(ErrorCode::kInvalid, "tensor '" + std::string(name(*twice)) + "' is listed twice");
}

Result<void> refuse_overlaps(const TensorTable& table) {
    std::uint64_t end = table.data_start;
    for (const Tensor& tensor : table.tensors) {
        if (tensor.bytes == 0) continue;
        if (tensor.offset < end) {
            return fail(ErrorCode::kInvalid, "tensor '" + tensor.name + "' at offset " +
                                                 std::to_string(tensor.offset) + " overlaps what ends at " +
                                                 std::to_string(end));
        }
        end = tensor.offset + tensor.bytes;
    }
    return {};
}

}  // namespace

std::string TensorNames::keep(std::string_view name) {
    // Begins no other name in the table: the file cannot make two of one.
    constexpr char kReplaced = '\1';
    constexpr std::size_t kAllocation = 16;  // of its own, where it is longer than a string holds in place
    const std::size_t bytes = name.size() < kAllocation ? 0 : name.size() + kAllocation;
    if (name.starts_with(kReplaced) || bytes > kMaxNamesBytes - bytes_)
        return kReplaced + std::to_string(replaced_++);
    bytes_ += bytes;
    return std::string(name);
}

std::optional<Extent> extent_of(DType dtype, const std::vector<std::uint64_t>& shape) {
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : shape) {
        if (__builtin_mul_overflow(elements, extent, &elements)) return std::nullopt;
    }
    const DTypeInfo& type = info(dtype);
    const std::uint64_t inner = shape.empty() ? 1 : shape.back();
    if (inner % type.block_elements != 0) return std::nullopt;
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(elements / type.block_elements, std::uint64_t{type.block_bytes}, &bytes)) {
        return std::nullopt;
    }
    if (elements >= kMaxExtent || bytes >= kMaxExtent) return std::nullopt;
    return Extent{elements, bytes};
}

Result<void> settle(TensorTable& table, std::uint64_t file_bytes) {
    std::ranges::sort(table.tensors, {}, [](const Tensor& tensor) {
        return std::tuple(tensor.offset, tensor.bytes, std::string_view(tensor.name));
    });
    if (auto unique = refuse_duplicates(table); !unique) return unique;
    if (auto apart = refuse_overlaps(table); !apart) return apart;
    const auto is_outside = [file_bytes](const Tensor& tensor) {
        return tensor.offset > file_bytes || tensor.bytes > file_bytes - tensor.offset;
    };
    const auto outside = std::ranges::find_if(table.tensors, is_outside);
    if (outside != table.tensors.end()) {
        note_defect(table, Error(ErrorCode::kInvalid, "the file is truncated: tensor '" + outside->name +
                                                          "' ends at byte " +
                                                          std::to_string(outside->offset + outside->bytes) +
                                                          ", the file at " + std::to_string(file_bytes)));
        std::erase_if(table.tensors, is_outside);
    }
    return {};
}

void append(TensorTable& table, Tensor tensor) {
    constexpr std::size_t kMany = 1U << 13;
    if (table.tensors.size() == kMany) table.tensors.reserve(kMaxTensors);
    table.tensors.push_back(std::move(tensor));
}

void note_defect(TensorTable& table, Error error) {
    if (!table.defect) table.defect = std::move(error);
}

}  // namespace modelward::fingerprint
