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
    return std::ranges::count_if(tensor.shape, [](std::uint64_t extent) { return extent > 1; }) > 1;
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

void drop_overlaps(std::vector<Tensor>& tensors) {
    std::vector<std::size_t> order(tensors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // What says most first; of equals the one that was listed first.
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return std::tuple(is_wide(tensors[b]), tensors[b].elements, a) <
               std::tuple(is_wide(tensors[a]), tensors[a].elements, b);
    });
    Ranges taken;
    std::vector<Tensor> kept;
    for (const std::size_t i : order) {
        Tensor& tensor = tensors[i];
        if (tensor.bytes == 0 || taken.insert(tensor.offset, tensor.offset + tensor.bytes))
            kept.push_back(std::move(tensor));
    }
    tensors = std::move(kept);
}

void make_names_unique(std::vector<Tensor>& tensors) {
    std::unordered_set<std::string> names;
    std::unordered_map<std::string, std::uint64_t> copies;
    for (Tensor& tensor : tensors) {
        if (names.insert(tensor.name).second) continue;
        std::uint64_t& copy = copies[tensor.name];
        std::string numbered;
        do {
            numbered = tensor.name + " (" + std::to_string(++copy + 1) + ")";
        } while (!names.insert(numbered).second);
        tensor.name = std::move(numbered);
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
