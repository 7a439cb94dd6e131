// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_views.h"

#include <algorithm>
#include <array>

#include "fingerprint/readers/pickle/pickle_names.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

// Keys are short numbers. Many views may share one, and each keeps a copy.
constexpr std::size_t kMaxStorageKey = 128;

struct NamedType {
    std::string_view storage;
    std::string_view dtype;
    DType type;
};
// Quantised types: what an element is stored as.
constexpr std::array kTypes = {
    NamedType{"FloatStorage", "float32", DType::kF32},
    NamedType{"HalfStorage", "float16", DType::kF16},
    NamedType{"BFloat16Storage", "bfloat16", DType::kBF16},
    NamedType{"DoubleStorage", "float64", DType::kF64},
    NamedType{"CharStorage", "int8", DType::kI8},
    NamedType{"ByteStorage", "uint8", DType::kU8},
    NamedType{"QInt8Storage", "qint8", DType::kI8},
    NamedType{"QUInt8Storage", "quint8", DType::kU8},
    NamedType{"QInt32Storage", "qint32", DType::kI32},
    NamedType{"ShortStorage", "int16", DType::kI16},
    NamedType{"IntStorage", "int32", DType::kI32},
    NamedType{"LongStorage", "int64", DType::kI64},
    NamedType{"BoolStorage", "bool", DType::kBool},
    NamedType{"ComplexFloatStorage", "complex64", DType::kC64},
    NamedType{"ComplexDoubleStorage", "complex128", DType::kC128},
    NamedType{"", "float8_e4m3fn", DType::kF8E4M3},
    NamedType{"", "float8_e5m2", DType::kF8E5M2},
    NamedType{"", "float8_e4m3fnuz", DType::kF8E4M3FNUZ},
    NamedType{"", "float8_e5m2fnuz", DType::kF8E5M2FNUZ},
    NamedType{"", "float8_e8m0fnu", DType::kF8E8M0},
    NamedType{"", "uint16", DType::kU16},
    NamedType{"", "uint32", DType::kU32},
    NamedType{"", "uint64", DType::kU64},
};

std::optional<std::uint64_t> count_of(const PickleValue& value) {
    if (value.kind != PickleKind::kInteger || value.number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(value.number);
}

class Finder {
  public:
    explicit Finder(const Pickle& pickle) : pickle_(pickle) {}

    TorchTensors run() {
        std::unordered_set<PickleId> ids;
        std::unordered_set<std::string> keys;
        for (PickleId id = 0; id < pickle_.values.size(); ++id) {
            if (auto storage = storage_of(pickle_[id]); storage && keys.insert(storage->key).second)
                found_.storages.push_back(std::move(*storage));
            if (found_.views.size() > kMaxTensors) continue;
            if (auto view = view_of(pickle_[id])) {
                found_.views.push_back(std::move(*view));
                view_ids_.push_back(id);
                ids.insert(id);
            }
        }
        const auto names = name_values(pickle_, ids);
        for (std::size_t i = 0; i < view_ids_.size(); ++i) {
            if (const auto name = names.find(view_ids_[i]); name != names.end())
                found_.views[i].name = name->second;
        }
        return std::move(found_);
    }

  private:
    std::optional<TorchStorage> storage_of(const PickleValue& value) const {
        if (value.kind != PickleKind::kPersistent) return std::nullopt;
        const PickleValue& identity = pickle_[value.items[0]];
        if (identity.kind != PickleKind::kTuple || identity.items.size() < 5) return std::nullopt;
        const auto part = [&](std::size_t i) -> const PickleValue& { return pickle_[identity.items[i]]; };
        const auto count = count_of(part(4));
        if (part(0).text != "storage" || part(2).kind != PickleKind::kText || !count) return std::nullopt;
        if (part(2).text.size() > kMaxStorageKey) return std::nullopt;
        TorchStorage storage{part(2).text, part(1).text.substr(0, kMaxStorageKey), torch_dtype(part(1).text),
                             *count};
        if (identity.items.size() > 5) add_legacy_view(part(5), storage);
        return storage;
    }

    // (key, offset, count): the storage is a part of the one that the file holds.
    void add_legacy_view(const PickleValue& view, TorchStorage& storage) const {
        if (view.kind != PickleKind::kTuple || view.items.size() != 3) return;
        storage.first = count_of(pickle_[view.items[1]]).value_or(0);
    }

    std::optional<std::vector<std::uint64_t>> counts_of(PickleId id) const {
        const PickleValue& tuple = pickle_[id];
        if (tuple.kind != PickleKind::kTuple && tuple.kind != PickleKind::kList) return std::nullopt;
        std::vector<std::uint64_t> counts;
        for (const PickleId item : tuple.items) {
            const auto count = count_of(pickle_[item]);
            if (!count || counts.size() == kMaxDimensions) return std::nullopt;
            counts.push_back(*count);
        }
        return counts;
    }

    std::optional<TorchView> view_of(const PickleValue& value) const {
        if (value.kind != PickleKind::kTuple || value.items.size() < 4) return std::nullopt;
        auto storage = storage_of(pickle_[value.items[0]]);
        const auto offset = count_of(pickle_[value.items[1]]);
        if (!storage || !offset) return std::nullopt;
        auto sizes = counts_of(value.items[2]);
        auto strides = counts_of(value.items[3]);
        if (!sizes || !strides || sizes->size() != strides->size()) return std::nullopt;
        std::optional<DType> dtype = storage->dtype;
        // _rebuild_tensor_v3 says the type itself, behind the strides.
        for (std::size_t i = 4; i < value.items.size(); ++i) {
            const PickleValue& more = pickle_[value.items[i]];
            if (more.kind != PickleKind::kGlobal) continue;
            if (const auto said = torch_dtype(more.text)) dtype = said;
        }
        return TorchView{{}, std::move(*storage), dtype, *offset, std::move(*sizes), std::move(*strides)};
    }

    const Pickle& pickle_;
    TorchTensors found_;
    std::vector<PickleId> view_ids_;
};

}  // namespace

TorchTensors find_torch_tensors(const Pickle& pickle) {
    return Finder(pickle).run();
}

std::optional<DType> torch_dtype(std::string_view name) {
    const std::string_view last = name.substr(name.rfind('.') + 1);
    if (last.empty()) return std::nullopt;
    for (const NamedType& type : kTypes) {
        if (last == type.storage || last == type.dtype) return type.type;
    }
    return std::nullopt;
}

}  // namespace modelward::fingerprint
