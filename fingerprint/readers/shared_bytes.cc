// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/shared_bytes.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

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

// The first of a name keeps it; a number never gives another tensor's name. (Two numbered names differ, since
// what they number does.) Beside the table, memory is taken for two numbers a tensor.
void make_names_unique(std::vector<Tensor>& tensors) {
    const auto name_of = [&](std::uint32_t i) -> std::string_view { return tensors[i].name; };
    std::vector<std::uint32_t> order(tensors.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::tuple(name_of(i), i); });
    std::vector<std::uint32_t> firsts;
    std::ranges::unique_copy(order, std::back_inserter(firsts), {}, name_of);
    auto first = firsts.begin();
    std::uint64_t copies = 1;
    for (const std::uint32_t i : order) {
        if (name_of(i) != name_of(*first)) {
            ++first;
            copies = 1;
        }
        if (i == *first) continue;
        std::string numbered;
        do {
            numbered = tensors[*first].name + " (" + std::to_string(++copies) + ")";
        } while (std::ranges::binary_search(firsts, std::string_view(numbered), {}, name_of));
        tensors[i].name = std::move(numbered);
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
