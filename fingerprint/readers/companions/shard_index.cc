// SPDX-License-Identifier: Apache-2.0
// The index of a model in shards, each of them a safetensors or PyTorch file of its own:
// {"metadata": {...}, "weight_map": {"tensor": "model-00001-of-00002.safetensors", ...}}.
// https://huggingface.co/docs/safetensors
#include <set>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/companions/index_json.h"
#include "fingerprint/readers/companions/whole_files.h"

namespace modelward::fingerprint {
namespace {

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view file_name) {
    using Kind = JsonCursor::Kind;
    if (!may_be_index(header, file_name)) return {};
    std::set<std::string> files;
    JsonCursor json(header, 0, header.size());
    if (json.next() == Kind::kObject) {
        each_member(json, [&](const std::string& name) {
            if (name != "weight_map" || json.next() != Kind::kObject) return false;
            each_member(json, [&](const std::string& /*tensor*/) {
                if (json.next() != Kind::kText || files.size() > kMostCompanions) return false;
                files.emplace(json.text(kMaxNameBytes));
                return true;
            });
            return true;
        });
    }
    if (!json.ok() && json.error().code() == ErrorCode::kIo) return fail(json.error());
    return std::vector<std::string>(files.begin(), files.end());
}

Result<TensorTable> read(const ByteSource& source) {
    return read_whole_files(source, false);
}

constexpr Reader kReader{"safetensors", nullptr, read};

}  // namespace

const CompanionFormat kShardIndex{names, &kReader};

}  // namespace modelward::fingerprint
