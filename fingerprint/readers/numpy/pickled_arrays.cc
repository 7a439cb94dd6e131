// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/numpy/pickled_arrays.h"

#include "fingerprint/readers/numpy/joblib_array.h"
#include "fingerprint/readers/numpy/pickled_type.h"
#include "fingerprint/readers/pickle/pickle_machine.h"
#include "fingerprint/readers/pickle/pickle_names.h"

namespace modelward::fingerprint {
namespace {

struct FoundArray {
    PickleId id;
    NumpyArray array;
};

class ArrayReader {
  public:
    ArrayReader(HeaderCursor& cursor, TensorTable& table) : cursor_(cursor), table_(table) {}

    Pickle read(int depth) {
        std::vector<FoundArray> found;
        Pickle pickle = read_pickle(cursor_, [&](const Pickle& so_far, PickleId built) {
            if (auto array = read_joblib_array(so_far, built, cursor_))
                pass(built, std::move(*array), found, depth);
        });
        for (PickleId id = 0; id < pickle.values.size() && found.size() < kMaxTensors; ++id)
            find_inline(pickle, id, found);
        add(pickle, found);
        return pickle;
    }

  private:
    // Moves the cursor behind the data of an array of joblib.
    void pass(PickleId id, NumpyArray array, std::vector<FoundArray>& found, int depth) {
        if (array.type.is_object) {
            if (depth == kMaxNestedPickles) {
                cursor_.refuse(ErrorCode::kLimit, "pickles are nested deeper than " + std::to_string(depth));
            } else {
                read(depth + 1);
            }
            return;
        }
        const auto bytes = data_bytes(array);
        if (!bytes) return cursor_.refuse(ErrorCode::kInvalid, "an array of joblib is too large");
        cursor_.pass(*bytes);
        if (cursor_.ok() && found.size() < kMaxTensors) found.push_back({id, std::move(array)});
    }

    void find_inline(const Pickle& pickle, PickleId id, std::vector<FoundArray>& found) {
        const PickleValue& value = pickle[id];
        if (value.kind != PickleKind::kObject) return;
        static const std::vector<PickleId> kNothing;
        const bool has_tuple = pickle[value.state].kind == PickleKind::kTuple;
        const std::vector<PickleId>& state = has_tuple ? pickle[value.state].items : kNothing;
        const std::vector<PickleId>& made_of = pickle[value.arguments].items;
        if (state.size() == 4 || state.size() == 5) {
            const auto part = state.end() - 4;
            const bool is_fortran = pickle[part[2]].number != 0;
            find_inline(pickle, id, {part[0], part[1], part[3]}, is_fortran, found);
        } else if (made_of.size() == 4) {
            const bool is_fortran = pickle[made_of[3]].text == "F";
            find_inline(pickle, id, {made_of[2], made_of[1], made_of[0]}, is_fortran, found);
        }
    }

    struct Parts {
        PickleId shape;
        PickleId type;
        PickleId data;
    };

    void find_inline(const Pickle& pickle, PickleId id, const Parts& parts, bool is_fortran,
                     std::vector<FoundArray>& found) {
        auto shape = pickled_shape(pickle, parts.shape);
        const auto type = pickled_type(pickle, parts.type);
        if (!shape || !type || type->is_object) return;
        const PickleValue& data = pickle[parts.data];
        NumpyArray array{{}, *type, is_fortran, std::move(*shape), data.offset};
        const bool is_raw = data.kind == PickleKind::kBytes || data.kind == PickleKind::kText;
        if (is_raw && data_bytes(array) == data.bytes) {
            found.push_back({id, std::move(array)});
        } else if (!type->is_text) {
            note_defect(table_,
                        Error(ErrorCode::kUnsupported, "an array's data is not stored byte for byte"));
        }
    }

    void add(const Pickle& pickle, std::vector<FoundArray>& found) {
        std::unordered_set<PickleId> ids;
        for (const FoundArray& each : found)
            ids.insert(each.id);
        auto names = name_values(pickle, ids);
        for (FoundArray& each : found) {
            each.array.name = names.contains(each.id) ? names[each.id] : std::string();
            if (each.array.name.empty()) each.array.name = "array";
            add_numpy_array(table_, std::move(each.array));
        }
    }

    HeaderCursor& cursor_;
    TensorTable& table_;
};

}  // namespace

Pickle read_pickle_with_arrays(HeaderCursor& cursor, TensorTable& table) {
    return ArrayReader(cursor, table).read(0);
}

}  // namespace modelward::fingerprint
