// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_legacy.h"

#include <unordered_map>

#include "fingerprint/readers/numpy/pickled_arrays.h"
#include "fingerprint/readers/torch/torch_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::int64_t kProtocol = 1001;

bool is_big_endian(const Pickle& facts) {
    const std::vector<PickleId>& items = facts[facts.root].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const PickleValue& value = facts[items[i + 1]];
        if (facts[items[i]].text == "little_endian" && value.kind == PickleKind::kBoolean)
            return value.number == 0;
    }
    return false;
}

// Where the storages lie, in the order of the keys, as far as the file goes.
std::unordered_map<std::string, StorageBytes> find_storages(HeaderCursor& cursor, const Pickle& keys,
                                                            const TorchTensors& tensors, TensorTable& table) {
    std::unordered_map<std::string, std::uint64_t> item_bytes;
    for (const TorchStorage& storage : tensors.storages) {
        const bool is_untyped = storage.type.ends_with("UntypedStorage");
        if (storage.dtype || is_untyped)
            item_bytes[storage.key] = is_untyped ? 1 : info(*storage.dtype).block_bytes;
    }
    std::unordered_map<std::string, StorageBytes> found;
    for (const PickleId id : keys[keys.root].items) {
        const std::string& key = keys[id].text;
        const auto item = item_bytes.find(key);
        if (item == item_bytes.end()) {
            note_defect(table, Error(ErrorCode::kUnsupported,
                                     "storage '" + key + "' has an unknown type; what follows is not found"));
            break;
        }
        const auto count = cursor.number<std::uint64_t>();
        std::uint64_t bytes = 0;
        if (__builtin_mul_overflow(count, item->second, &bytes)) {
            cursor.refuse(ErrorCode::kInvalid, "storage '" + key + "' is too large");
        }
        const std::uint64_t offset = cursor.position();
        cursor.pass(bytes);
        if (!cursor.ok()) break;
        found.try_emplace(key, offset, bytes);
    }
    return found;
}

}  // namespace

bool is_torch_protocol(const Pickle& pickle) {
    const PickleValue& root = pickle[pickle.root];
    return root.kind == PickleKind::kInteger && root.number == kProtocol;
}

void read_torch_legacy(HeaderCursor& cursor, TensorTable& table) {
    const Pickle facts = read_pickle_with_arrays(cursor, table);
    const TorchTensors tensors = find_torch_tensors(read_pickle_with_arrays(cursor, table));
    const Pickle keys = read_pickle_with_arrays(cursor, table);
    if (!cursor.ok()) return;
    if (is_big_endian(facts)) {
        note_defect(table, Error(ErrorCode::kUnsupported, "PyTorch: the data is big-endian"));
        return;
    }
    const auto storages = find_storages(cursor, keys, tensors, table);
    if (!cursor.ok()) note_defect(table, cursor.error());  // before its consequences are noted
    add_torch_tensors(table, tensors, [&](const std::string& key) -> std::vector<StorageBytes> {
        const auto found = storages.find(key);
        if (found == storages.end()) return {};
        return {found->second};
    });
}

}  // namespace modelward::fingerprint
