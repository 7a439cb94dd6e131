// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/shared_bytes.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace modelward::fingerprint {
namespace {

bool is_wide(const Tensor& tensor) {
    return std::ranges::count_if(tensor.shape.extents(), [](std::uint64_t extent) { return extent > 1; }) > 1;
}

// Half-open ranges that do not overlap, by their begin.
class Ranges {
  public:
    // False when the range overlaps one that is there.
    bool insert(std::uint64_t begin, std::uint64_t end) {
        const auto after = ranges_.lower_bound(begin);
        if (after != ranges_.end() && after->first < end) return false;
        if (after != ranges_.begin() && std::prev(after)->second > begin) return false;
        ranges_.emplace_hint(after, begin, end);
        return true;
    }

  private:
    std::map<std::uint64_t, std::uint64_t> ranges_;
};

// Whether no two share bytes, as in most files; `order` holds all tensors, in any order.
bool are_apart(const std::vector<Tensor>& tensors, std::vector<std::uint32_t>& order) {
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return tensors[i].offset; });
    std::uint64_t end = 0;
    for (const std::uint32_t i : order) {
        if (tensors[i].bytes == 0) continue;
        if (tensors[i].offset < end) return false;
        end = tensors[i].offset + tensors[i].bytes;
    }
    return true;
}

void drop_overlaps(std::vector<Tensor>& tensors) {
    std::vector<std::uint32_t> order(tensors.size());
    std::iota(order.begin(), order.end(), 0U);
    if (are_apart(tensors, order)) return;
    // What says most first; of equals the one that was listed first.
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(is_wide(tensors[b]), tensors[b].elements, a) <
               std::tuple(is_wide(tensors[a]), tensors[a].elements, b);
    });
    Ranges taken;
    std::vector<bool> is_kept(tensors.size());
    for (const std::uint32_t i : order) {
        const Tensor& tensor = tensors[i];
        is_kept[i] = tensor.bytes == 0 || taken.insert(tensor.offset, tensor.offset + tensor.bytes);
    }
    // In place: a second list would be as large as the table. What is asked about has not moved yet.
    std::erase_if(tensors, [&](const Tensor& tensor) {
        return !is_kept[static_cast<std::size_t>(&tensor - tensors.data())];
    });
}

void make_names_unique(std::vector<Tensor>& tensors) {
    std::unordered_set<std::string_view> names;  // they stay where they are
    std::unordered_map<std::string, std::uint64_t> copies;
    for (Tensor& tensor : tensors) {
        if (names.insert(tensor.name).second) continue;
        std::uint64_t& copy = copies[tensor.name];
        std::string numbered;
        do {
            numbered = tensor.name + " (" + std::to_string(++copy + 1) + ")";
        } while (names.contains(numbered));
        tensor.name = std::move(numbered);
        names.insert(tensor.name);
    }
}

}  // namespace

Result<void> settle_shared(TensorTable& table, std::uint64_t file_bytes) {
    drop_overlaps(table.tensors);
    std::ranges::sort(table.tensors, {}, [](const Tensor& tensor) {
        return std::tuple(tensor.offset, tensor.bytes, std::string_view(tensor.name));
    });
    make_names_unique(table.tensors);
    const auto first =
        std::ranges::find_if(table.tensors, [](const Tensor& tensor) { return tensor.bytes != 0; });
    if (first != table.tensors.end()) table.data_start = first->offset;
    return settle(table, file_bytes);
}

}  // namespace modelward::fingerprint
