// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_table.h"

#include <unordered_set>

#include "fingerprint/readers/torch/torch_layout.h"

namespace modelward::fingerprint {
namespace {

std::string name_of(const TorchView& view) {
    return view.name.empty() ? "storage " + view.storage.key : view.name;
}

class Adder {
  public:
    Adder(TensorTable& table, const FindStorage& find_storage) : table_(table), find_storage_(find_storage) {}

    void add(const TorchView& view) {
        if (!view.dtype) {
            note(ErrorCode::kUnsupported, view, "has the unknown type '" + view.storage.type + "'");
            return;
        }
        const std::uint64_t item = info(*view.dtype).block_bytes;
        // An untyped storage counts bytes.
        const std::uint64_t elements =
            view.storage.dtype ? view.storage.elements : view.storage.elements / item;
        const auto layout = lay_out(view, elements);
        if (!layout) {
            note(ErrorCode::kInvalid, view, "goes beyond its storage");
            return;
        }
        if (!layout->is_view) note(ErrorCode::kUnsupported, view, "is not dense; its storage is listed");
        const auto extent = extent_of(*view.dtype, layout->shape);
        std::uint64_t begin = 0;
        if (!extent || __builtin_add_overflow(layout->first, view.storage.first, &begin) ||
            __builtin_mul_overflow(begin, item, &begin)) {
            note(ErrorCode::kInvalid, view, "is too large");
            return;
        }
        add_at_every_place(view, *layout, *extent, begin);
    }

    void add_unseen(const TorchStorage& storage) {
        if (seen_.contains(storage.key)) return;
        const DType dtype = storage.dtype.value_or(DType::kU8);
        add({{}, storage, dtype, 0, {storage.elements}, {1}});
    }

  private:
    void note(ErrorCode code, const TorchView& view, const std::string& what) {
        note_defect(table_, Error(code, "tensor '" + name_of(view) + "' " + what));
    }

    void add_at_every_place(const TorchView& view, const TorchLayout& layout, const Extent& extent,
                            std::uint64_t begin) {
        const std::vector<StorageBytes> places = find_storage_(view.storage.key);
        seen_.insert(view.storage.key);
        if (places.empty())
            note(ErrorCode::kInvalid, view, "has no data: the file is truncated or incomplete");
        for (const StorageBytes& place : places) {
            if (begin > place.bytes || extent.bytes > place.bytes - begin) {
                note(ErrorCode::kInvalid, view, "is truncated: its storage ends early");
            } else if (table_.tensors.size() >= kMaxTensors) {
                note_defect(table_, Error(ErrorCode::kLimit,
                                          "more than " + std::to_string(kMaxTensors) + " tensors"));
            } else {
                table_.tensors.push_back({name_of(view), *view.dtype, layout.shape, extent.elements,
                                          place.offset + begin, extent.bytes});
            }
        }
    }

    TensorTable& table_;
    const FindStorage& find_storage_;
    std::unordered_set<std::string> seen_;  // keys of storages that are listed or known to be missing
};

}  // namespace

void add_torch_tensors(TensorTable& table, const TorchTensors& found, const FindStorage& find_storage) {
    Adder adder(table, find_storage);
    for (const TorchView& view : found.views)
        adder.add(view);
    for (const TorchStorage& storage : found.storages)
        adder.add_unseen(storage);
}

}  // namespace modelward::fingerprint
