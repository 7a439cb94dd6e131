// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/bitsandbytes.h"

#include <algorithm>
#include <array>
#include <bit>

#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/json_members.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kScales = ".absmax";
constexpr std::string_view kValues = ".quant_map";
constexpr std::string_view kNestedScales = ".nested_absmax";
constexpr std::string_view kNestedValues = ".nested_quant_map";
constexpr std::string_view kStateNf4 = ".quant_state.bitsandbytes__nf4";
constexpr std::string_view kStateFp4 = ".quant_state.bitsandbytes__fp4";
constexpr std::string_view kRowWeight = "weight";
constexpr std::string_view kRowScales = "SCB";
constexpr std::uint64_t kLeastBlock = 32, kMostBlock = 4096;  // of elements; powers of two

bool is_block(std::uint64_t block) {
    return std::has_single_bit(block) && block >= kLeastBlock && block <= kMostBlock;
}

bool is_list(const Tensor* tensor, DType dtype, std::uint64_t elements) {
    return tensor != nullptr && tensor->dtype == dtype && tensor->elements == elements;
}

std::uint64_t blocks_of(std::uint64_t elements, std::uint64_t block) {
    return elements / block + (elements % block != 0 ? 1 : 0);
}

// By name; not a hash table, which would be ten megabytes of a table of 2^18 tensors.
class TensorsByName {
  public:
    explicit TensorsByName(const std::vector<Tensor>& tensors) {
        constexpr std::array kSuffixes = {kScales,   kValues,   kNestedScales, kNestedValues,
                                          kStateNf4, kStateFp4, kRowScales};
        for (const Tensor& tensor : tensors)
            if (std::ranges::any_of(kSuffixes, [&](auto suffix) { return tensor.name.ends_with(suffix); }))
                by_name_.push_back(&tensor);
        std::ranges::sort(by_name_, {}, name_of);
    }

    bool empty() const { return by_name_.empty(); }

    const Tensor* find(std::string_view name, std::string_view suffix) const {
        const std::string wanted = std::string(name).append(suffix);
        const auto found = std::ranges::lower_bound(by_name_, std::string_view(wanted), {}, name_of);
        return found == by_name_.end() || (*found)->name != wanted ? nullptr : *found;
    }

  private:
    static std::string_view name_of(const Tensor* tensor) { return tensor->name; }

    std::vector<const Tensor*> by_name_;
};

struct FourBits {
    DType codes;
    const Tensor* state;
    const Tensor* values;
    const Tensor* scales;
    const Tensor* nested_values;  // null: scales are floats
    const Tensor* nested_scales;
};

// What belongs to the tensor, if the types fit.
std::optional<FourBits> four_bits(const TensorsByName& tensors, const Tensor& tensor) {
    const Tensor* scales = tensors.find(tensor.name, kScales);
    if (scales == nullptr || scales->elements == 0) return std::nullopt;
    FourBits found{DType::kNF4,
                   tensors.find(tensor.name, kStateNf4),
                   tensors.find(tensor.name, kValues),
                   scales,
                   nullptr,
                   nullptr};
    if (found.state == nullptr) {
        found.codes = DType::kFP4;
        found.state = tensors.find(tensor.name, kStateFp4);
    }
    if (found.state == nullptr || !is_list(found.state, DType::kU8, found.state->elements) ||
        !is_list(found.values, DType::kF32, 16))
        return std::nullopt;
    if (scales->dtype == DType::kF32) return found;
    found.nested_values = tensors.find(tensor.name, kNestedValues);
    found.nested_scales = tensors.find(tensor.name, kNestedScales);
    if (scales->dtype != DType::kU8 || !is_list(found.nested_values, DType::kF32, 256) ||
        found.nested_scales == nullptr || found.nested_scales->dtype != DType::kF32)
        return std::nullopt;
    return found;
}

void find_codes(Tensor& tensor, const FourBits& found) {
    if (tensor.bytes >= std::uint64_t{1} << 61) return;
    const std::uint64_t elements = 2 * tensor.bytes;
    const std::uint64_t blocks = found.scales->elements;
    const auto extents = tensor.shape.extents();
    const bool is_column =
        std::ranges::count_if(extents, [](std::uint64_t extent) { return extent != 1; }) == 1;
    if (!is_column) return;
    const bool is_whole = elements % blocks == 0 && is_block(elements / blocks);
    tensor.dtype = found.codes;
    tensor.elements = elements;
    tensor.shape = is_whole ? Shape{blocks, elements / blocks} : Shape{elements};
}

void find_rows(Tensor& tensor, const TensorsByName& tensors) {
    if (tensor.dtype != DType::kI8 || !tensor.name.ends_with(kRowWeight)) return;
    const Tensor* scales = tensors.find(
        std::string_view(tensor.name).substr(0, tensor.name.size() - kRowWeight.size()), kRowScales);
    const auto extents = tensor.shape.extents();
    if (extents.size() < 2 || tensor.elements == 0 || !is_list(scales, DType::kF32, extents[0])) return;
    tensor.layout = element_layout(RowScales{scales->offset});
}

struct QuantState {
    std::vector<std::uint64_t> shape;
    std::uint64_t block = 0;
    std::uint64_t nested_block = 0;
    double nested_offset = 0;
};

// nullopt: it is not one, or too long.
std::optional<QuantState> read_state(const ByteSource& source, const Tensor& tensor) {
    if (tensor.bytes > kMaxQuantStateBytes) return std::nullopt;
    JsonCursor json(source, tensor.offset, tensor.offset + tensor.bytes);
    if (json.next() != JsonCursor::Kind::kObject) return std::nullopt;
    QuantState state;
    each_member(json, [&](const std::string& name) {
        if (name == "shape" && json.next() == JsonCursor::Kind::kList) {
            each_item(json, [&] { state.shape.push_back(take_whole_number(json).value_or(0)); });
        } else if (name == "blocksize") {
            state.block = take_whole_number(json).value_or(0);
        } else if (name == "nested_blocksize") {
            state.nested_block = take_whole_number(json).value_or(0);
        } else if (name == "nested_offset" && json.next() == JsonCursor::Kind::kNumber) {
            const auto number = json.number();
            if (!number) json.skip_word();
            state.nested_offset = number.value_or(0);
        } else {
            return false;
        }
        return true;
    });
    json.expect_end();
    return json.ok() && state.shape.size() <= kMaxDimensions ? std::optional(state) : std::nullopt;
}

void apply(Tensor& tensor, const FourBits& found, const QuantState& state) {
    const auto extent = extent_of(found.codes, state.shape);
    if (!extent || extent->bytes != tensor.bytes) return;
    if (!is_block(state.block) || blocks_of(extent->elements, state.block) != found.scales->elements) return;
    BlockScales blocks{.values = found.values->offset,
                       .scales = found.scales->offset,
                       .block = static_cast<std::uint32_t>(state.block)};
    if (found.nested_scales != nullptr) {
        if (!is_block(state.nested_block) ||
            blocks_of(found.scales->elements, state.nested_block) != found.nested_scales->elements)
            return;
        blocks.nested_values = found.nested_values->offset;
        blocks.nested_scales = found.nested_scales->offset;
        blocks.nested_block = static_cast<std::uint32_t>(state.nested_block);
        blocks.nested_offset = static_cast<float>(state.nested_offset);
    }
    tensor.shape = state.shape;
    tensor.layout = element_layout(blocks);
}

}  // namespace

void find_bitsandbytes(TensorTable& table) {
    const TensorsByName tensors(table.tensors);
    if (tensors.empty()) return;
    for (Tensor& tensor : table.tensors) {
        if (tensor.layout) continue;
        if (const auto found = four_bits(tensors, tensor))
            find_codes(tensor, *found);
        else
            find_rows(tensor, tensors);
    }
}

void read_quant_states(const ByteSource& source, TensorTable& table) {
    const auto has_codes = [](const Tensor& tensor) {
        return tensor.dtype == DType::kNF4 || tensor.dtype == DType::kFP4;
    };
    if (std::ranges::none_of(table.tensors, has_codes)) return;
    const TensorsByName tensors(table.tensors);
    std::size_t count = 0;
    for (Tensor& tensor : table.tensors) {
        if (!has_codes(tensor) || tensor.layout) continue;
        if (++count > kMaxQuantStates) break;
        const auto found = four_bits(tensors, tensor);
        const auto state = found ? read_state(source, *found->state) : std::nullopt;
        if (state) apply(tensor, *found, *state);
    }
}

}  // namespace modelward::fingerprint
