// SPDX-License-Identifier: Apache-2.0
// The index of a model in shards, each of them a safetensors or PyTorch file of its own:
// {"metadata": {...}, "weight_map": {"tensor": "model-00001-of-00002.safetensors", ...}}.
// https://huggingface.co/docs/safetensors
#include <set>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/companions/index_json.h"
#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/companions/whole_files.h"

namespace modelward::fingerprint {
namespace {

using Kind = JsonCursor::Kind;

// The files of the map, and of a broken one those before the break.
std::set<std::string> read_files(JsonCursor& json) {
    std::set<std::string> files;
    if (json.next() != Kind::kObject) return files;
    each_member(json, [&](const std::string& name) {
        if (name != "weight_map" || json.next() != Kind::kObject) return false;
        each_member(json, [&](const std::string& /*tensor*/) {
            if (json.next() != Kind::kText || files.size() > kMostCompanions) return false;
            const std::string_view file = json.text(kMaxNameBytes);
            if (json.ok()) files.emplace(file);
            return true;
        });
        return true;
    });
    return files;
}

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view file_name) {
    if (!may_be_index(header, file_name)) return {};
    JsonCursor json(header, 0, header.size());
    const auto files = read_files(json);
    if (!json.ok() && json.error().code() == ErrorCode::kIo) return fail(json.error());
    return std::vector<std::string>(files.begin(), files.end());
}

Result<TensorTable> read(const ByteSource& source) {
    auto table = read_whole_files(source, false);
    if (!table) return table;
    // What names no more than some of the shards is not taken for a whole model.
    JsonCursor json(source, 0, source.joined()->header_bytes());
    (void)read_files(json);
    if (!json.ok()) note_defect(*table, json.error().with_context("the index of the shards"));
    return table;
}

constexpr Reader kReader{"safetensors", nullptr, read};

}  // namespace

const CompanionFormat kShardIndex{names, &kReader};

}  // namespace modelward::fingerprint
