// SPDX-License-Identifier: Apache-2.0
// TensorFlow.js: a manifest, alone or as "weightsManifest" of a model.json, is a list of groups. The files of
// a group, end to end, hold its tensors, end to end:
//
//   [{"paths": ["group1-shard1of2.bin", ...],
//     "weights": [{"name", "shape", "dtype", "quantization": {"dtype", "min", "scale"}}, ...]}, ...]
//
// A text among them is stored as its length in 4 bytes, and its bytes.
// Of a quantised tensor the codes are stored, which are the numbers but for a scale and a shift: a sketch of
// the one is that of the other. https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/companions/index_json.h"
#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

using Kind = JsonCursor::Kind;

struct NamedType {
    std::string_view name;
    DType dtype;
};
constexpr std::array kTypes = {
    NamedType{"float32", DType::kF32}, NamedType{"float16", DType::kF16}, NamedType{"int32", DType::kI32},
    NamedType{"uint8", DType::kU8},    NamedType{"uint16", DType::kU16},  NamedType{"int16", DType::kI16},
    NamedType{"int8", DType::kI8},     NamedType{"bool", DType::kBool},   NamedType{"complex64", DType::kC64},
};

constexpr std::size_t kMostWeights = 1U << 16;
constexpr std::uint64_t kMostTexts = 1U << 20;  // of all tensors; a vocabulary has 250,000

struct Weight {
    std::string name;
    std::optional<DType> type;  // as it is stored
    bool is_text = false;
    std::vector<std::uint64_t> shape;
    bool has_readable_shape = true;
};

struct Group {
    std::vector<std::string> paths;
    std::vector<Weight> weights;
};

std::optional<DType> type_called(std::string_view name) {
    const auto type = std::ranges::find(kTypes, name, &NamedType::name);
    return type == kTypes.end() ? std::nullopt : std::optional(type->dtype);
}

void read_shape(JsonCursor& json, Weight& weight) {
    each_item(json, [&] {
        const auto extent = take_whole_number(json);
        weight.has_readable_shape &= extent && weight.shape.size() < kMaxDimensions;
        if (weight.has_readable_shape) weight.shape.push_back(*extent);
    });
}

class GroupReader {
  public:
    // Of a group that has more weights than `most_weights`, those that come first.
    GroupReader(JsonCursor& json, TensorNames& names, std::size_t most_weights)
        : json_(json), names_(names), most_weights_(most_weights) {}

    Group read() {
        Group group;
        each_member(json_, [&](const std::string& name) {
            if (json_.next() != Kind::kList) return false;
            if (name == "paths") {
                each_item(json_, [&] { read_path(group); });
            } else if (name == "weights") {
                each_item(json_, [&] { read_entry(group); });
            } else {
                return false;
            }
            return true;
        });
        return group;
    }

  private:
    void read_path(Group& group) {
        if (json_.next() == Kind::kText && group.paths.size() <= kMostCompanions)
            group.paths.emplace_back(json_.text(kMaxNameBytes));
        else
            json_.skip_value();
    }

    void read_entry(Group& group) {
        if (json_.next() == Kind::kObject && group.weights.size() < most_weights_)
            group.weights.push_back(read_weight());
        else
            json_.skip_value();
    }

    Weight read_weight() {
        Weight weight;
        std::optional<DType> type;
        bool is_quantised = false;
        each_member(json_, [&](const std::string& name) {
            const Kind kind = json_.next();
            if (name == "name" && kind == Kind::kText) {
                weight.name = names_.keep(json_.text(kMaxNameBytes));
            } else if (name == "dtype" && kind == Kind::kText) {
                const std::string_view type_name = json_.text(kMaxNameBytes);
                type = type_called(type_name);
                weight.is_text = type_name == "string";
            } else if (name == "shape" && kind == Kind::kList) {
                read_shape(json_, weight);
            } else if (name == "quantization" && kind == Kind::kObject) {
                is_quantised = true;
                weight.type = read_stored_type();
            } else {
                return false;
            }
            return true;
        });
        if (!is_quantised) weight.type = type;
        return weight;
    }

    std::optional<DType> read_stored_type() {
        std::optional<DType> type;
        each_member(json_, [&](const std::string& name) {
            if (name != "dtype" || json_.next() != Kind::kText) return false;
            type = type_called(json_.text(kMaxNameBytes));
            return true;
        });
        return type;
    }

    JsonCursor& json_;
    TensorNames& names_;
    std::size_t most_weights_;
};

// Calls use(group) for each group of the manifest.
template <typename Use>
void each_group(JsonCursor& json, std::size_t most_weights, const Use& use) {
    TensorNames names;
    GroupReader reader(json, names, most_weights);
    const auto read_groups = [&] {
        each_item(json, [&] {
            if (json.next() != Kind::kObject) return json.skip_value();
            Group group = reader.read();
            if (json.ok()) use(std::move(group));
        });
    };
    const Kind kind = json.next();
    if (kind == Kind::kList) return read_groups();
    if (kind != Kind::kObject) return;
    each_member(json, [&](const std::string& name) {
        if (name != "weightsManifest" || json.next() != Kind::kList) return false;
        read_groups();
        return true;
    });
}

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view file_name) {
    std::vector<std::string> files;
    if (!may_be_index(header, file_name)) return files;
    JsonCursor json(header, 0, header.size());
    each_group(json, 1, [&](const Group& group) {
        if (group.weights.empty()) return;
        for (const std::string& path : group.paths)
            if (files.size() <= kMostCompanions && std::ranges::find(files, path) == files.end())
                files.push_back(path);
    });
    if (!json.ok() && json.error().code() == ErrorCode::kIo) return fail(json.error());
    return files;
}

// Where the files of the group lie; nullopt: not all of them are there, one after the other.
std::optional<JoinedFiles::File> place_of(const Group& group, const JoinedFiles& files) {
    std::optional<JoinedFiles::File> place;
    for (const std::string& path : group.paths) {
        const JoinedFiles::File* file = files.find(path);
        if (file == nullptr) return std::nullopt;
        if (!place) {
            place = *file;
            continue;
        }
        if (place->begin + place->bytes != file->begin) return std::nullopt;
        place->bytes += file->bytes;
    }
    return place;
}

class ManifestReader {
  public:
    explicit ManifestReader(const JoinedFiles& files) : files_(files) {}

    void add(Group group) {
        if (group.weights.empty()) return;
        const auto place = place_of(group, files_);
        if (!place) return note(ErrorCode::kInvalid, "a file is missing of '" + first_of(group.paths) + "'");
        std::uint64_t at = 0;
        for (Weight& weight : group.weights) {
            if (weight.is_text && weight.has_readable_shape) {
                const auto bytes = bytes_of_texts(weight, place->begin + at, place->begin + place->bytes);
                if (!bytes) return note(ErrorCode::kInvalid, "'" + weight.name + "' ends beyond its files");
                at += *bytes;
                continue;
            }
            if (!weight.type || !weight.has_readable_shape)
                return note(ErrorCode::kInvalid, "the type or shape of '" + weight.name +
                                                     "' is not known, and so not where the next one begins");
            const auto extent = extent_of(*weight.type, weight.shape);
            if (!extent || extent->bytes > place->bytes - at)
                return note(ErrorCode::kInvalid, "'" + weight.name + "' ends beyond its files");
            if (table_.tensors.size() == kMostWeights)
                return note(ErrorCode::kLimit, "only " + std::to_string(kMostWeights) + " tensors are read");
            if (extent->bytes != 0)
                append(table_, {std::move(weight.name), *weight.type, weight.shape, extent->elements,
                                place->begin + at, extent->bytes});
            at += extent->bytes;
        }
    }

    // kIo; what else is wrong with the JSON is a defect.
    Result<TensorTable> take(const JsonCursor& json) {
        if (!json.ok() && json.error().code() == ErrorCode::kIo) return fail(json.error());
        if (!json.ok()) note(json.error().code(), json.error().message());
        if (auto settled = settle_shared(table_, files_.size()); !settled) return fail(settled.error());
        return std::move(table_);
    }

  private:
    // What a tensor of texts takes; nullopt: it ends beyond the end, or they are too many.
    std::optional<std::uint64_t> bytes_of_texts(const Weight& weight, std::uint64_t begin,
                                                std::uint64_t end) {
        const auto extent = extent_of(DType::kU8, weight.shape);
        if (!extent || extent->elements > kMostTexts - texts_) return std::nullopt;
        texts_ += extent->elements;
        HeaderCursor cursor(files_, begin, end);
        for (std::uint64_t i = 0; i < extent->elements && cursor.ok(); ++i)
            cursor.pass(cursor.number<std::uint32_t>());
        if (!cursor.ok()) return std::nullopt;
        return cursor.position() - begin;
    }

    static std::string first_of(const std::vector<std::string>& paths) {
        return paths.empty() ? "a group" : paths.front();
    }
    void note(ErrorCode code, const std::string& what) {
        note_defect(table_, Error(code, "TensorFlow.js: " + what));
    }

    const JoinedFiles& files_;
    std::uint64_t texts_ = 0;  // passed until now
    TensorTable table_{.format = "tensorflow.js", .tensors = {}, .defect = {}};
};

Result<TensorTable> read(const ByteSource& source) {
    const JoinedFiles& files = *source.joined();
    ManifestReader manifest(files);
    JsonCursor json(source, 0, files.header_bytes());
    each_group(json, kMostWeights + 1, [&](Group group) { manifest.add(std::move(group)); });
    return manifest.take(json);
}

constexpr Reader kReader{"tensorflow.js", nullptr, read};

}  // namespace

const CompanionFormat kTensorFlowJs{names, &kReader};

}  // namespace modelward::fingerprint
