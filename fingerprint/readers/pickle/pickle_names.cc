// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_names.h"

#include <algorithm>
#include <array>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

class Namer {
  public:
    Namer(const Pickle& pickle, const std::unordered_set<PickleId>& wanted)
        : pickle_(pickle), wanted_(wanted), visited_(pickle.values.size()) {}

    std::unordered_map<PickleId, std::string> run() {
        visit(pickle_.root, 0);
        return std::move(names_);
    }

  private:
    void visit(PickleId id, int depth) {
        if (depth > kMaxPickleDepth || visited_[id]) return;
        visited_[id] = true;
        if (wanted_.contains(id)) return record(id);
        const PickleValue& value = pickle_[id];
        if (value.kind == PickleKind::kTuple || value.kind == PickleKind::kList) {
            visit_elements(value, depth);
        } else if (value.kind == PickleKind::kDict || value.kind == PickleKind::kObject) {
            visit_parts(value.arguments, depth + 1);
            visit_parts(value.state, depth + 1);
            visit_pairs(value, depth);
        }
    }

    void record(PickleId id) {
        name_bytes_ += path_.size();
        if (name_bytes_ <= kMaxHeaderBytes) names_.try_emplace(id, path_);
    }

    // Arguments and state of an object are the object itself: they add nothing to the path.
    void visit_parts(PickleId id, int depth) {
        const PickleValue& value = pickle_[id];
        if (value.kind != PickleKind::kTuple || wanted_.contains(id)) return visit(id, depth);
        if (depth > kMaxPickleDepth || visited_[id]) return;
        visited_[id] = true;
        for (const PickleId part : value.items)
            visit_parts(part, depth + 1);
    }

    void visit_elements(const PickleValue& value, int depth) {
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const PickleValue& element = pickle_[value.items[i]];
            // A list of (name, value) is how older dictionaries were written.
            const bool is_pair = (element.kind == PickleKind::kTuple || element.kind == PickleKind::kList) &&
                                 element.items.size() == 2 &&
                                 pickle_[element.items[0]].kind == PickleKind::kText;
            if (is_pair) {
                visit_under(pickle_[element.items[0]].text, element.items[1], depth);
            } else {
                visit_under(std::to_string(i), value.items[i], depth);
            }
        }
    }

    void visit_pairs(const PickleValue& value, int depth) {
        for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
            const PickleValue& key = pickle_[value.items[i]];
            if (key.kind == PickleKind::kText) {
                visit_under(key.text, value.items[i + 1], depth);
            } else if (key.kind == PickleKind::kInteger) {
                visit_under(std::to_string(key.number), value.items[i + 1], depth);
            } else {
                visit_under(std::to_string(i / 2), value.items[i + 1], depth);
            }
        }
    }

    void visit_under(std::string_view key, PickleId id, int depth) {
        // A module keeps its parts in these, and its names leave them out.
        static constexpr std::array<std::string_view, 3> kUnnamed = {"_parameters", "_buffers", "_modules"};
        if (std::ranges::find(kUnnamed, key) != kUnnamed.end()) return visit(id, depth + 1);
        const std::size_t length = path_.size();
        if (length + 1 + key.size() > kMaxNameBytes) return;
        if (length != 0) path_ += '.';
        path_ += key;
        visit(id, depth + 1);
        path_.resize(length);
    }

    const Pickle& pickle_;
    const std::unordered_set<PickleId>& wanted_;
    std::vector<bool> visited_;
    std::unordered_map<PickleId, std::string> names_;
    std::string path_;
    std::uint64_t name_bytes_ = 0;
};

}  // namespace

std::unordered_map<PickleId, std::string> name_values(const Pickle& pickle,
                                                      const std::unordered_set<PickleId>& wanted) {
    return Namer(pickle, wanted).run();
}

}  // namespace modelward::fingerprint
