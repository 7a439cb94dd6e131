// SPDX-License-Identifier: Apache-2.0
// A TensorFlow checkpoint, which the variables of a SavedModel are too: NAME.index is a table of where each
// tensor is in the files NAME.data-0000K-of-0000N.
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto
#include <algorithm>
#include <utility>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/companions/numbered_files.h"
#include "fingerprint/readers/companions/sorted_table.h"
#include "fingerprint/readers/shared_bytes.h"
#include "fingerprint/readers/tensorflow_types.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kEnding = ".index";

struct BundleHeader {
    std::uint64_t files = 0;
    bool is_big_endian = false;
};

BundleHeader read_header(HeaderCursor& cursor, std::uint64_t end) {
    enum Field : std::uint64_t { kFiles = 1, kEndianness = 2 };
    BundleHeader header;
    while (const auto field = next_field(cursor, end)) {
        if (field->is_number(kFiles)) header.files = field->number;
        if (field->is_number(kEndianness)) header.is_big_endian = field->number != 0;
        leave_field(cursor, *field);
    }
    return header;
}

struct BundleEntry {
    std::uint64_t type = 0;
    TensorFlowShape shape;
    std::uint64_t file = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    bool is_sliced = false;  // its slices are entries of their own
};

BundleEntry read_entry(HeaderCursor& cursor, std::uint64_t end) {
    enum Field : std::uint64_t { kType = 1, kShape = 2, kFile = 3, kOffset = 4, kBytes = 5, kSlices = 7 };
    BundleEntry entry;
    while (const auto field = next_field(cursor, end)) {
        if (field->is_number(kType)) entry.type = field->number;
        if (field->is_bytes(kShape)) entry.shape = read_tensorflow_shape(cursor, field->end);
        if (field->is_number(kFile)) entry.file = field->number;
        if (field->is_number(kOffset)) entry.offset = field->number;
        if (field->is_number(kBytes)) entry.bytes = field->number;
        entry.is_sliced |= field->is_bytes(kSlices);
        leave_field(cursor, *field);
    }
    return entry;
}

// "00000-of-00001", as the names of its files end.
std::string ending_of(std::uint64_t file, std::uint64_t files) {
    return ".data-" + numbered(file, files);
}

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view file_name) {
    std::vector<std::string> files;
    if (!file_name.ends_with(kEnding)) return files;
    const auto is_table = is_sorted_table(header, header.size());
    if (!is_table) return fail(is_table.error());
    if (!*is_table) return files;
    file_name.remove_suffix(kEnding.size());
    BundleHeader bundle;
    const auto walked =
        each_entry(header, header.size(), [&](HeaderCursor& cursor, const auto& key, auto end) {
            if (key.empty()) bundle = read_header(cursor, end);
            return false;  // it comes first
        });
    if (!walked && walked.error().code() == ErrorCode::kIo) return fail(walked.error());
    for (std::uint64_t file = 0; file < std::min<std::uint64_t>(bundle.files, kMostCompanions + 1); ++file)
        files.push_back(std::string(file_name) + ending_of(file, bundle.files));
    return files;
}

class CheckpointReader {
  public:
    explicit CheckpointReader(const JoinedFiles& files) : files_(files) {}

    // False: no further entries are wanted.
    bool add(HeaderCursor& cursor, const std::string& key, std::uint64_t end) {
        if (key.empty()) {
            if (!by_number_.empty()) return true;  // once: a small file could have a million of them
            header_ = read_header(cursor, end);
            if (header_.is_big_endian)
                note(ErrorCode::kUnsupported, "its numbers have their first byte last");
            find_files();
            return !header_.is_big_endian;
        }
        if (table_.tensors.size() == kMaxTensors) {
            note(ErrorCode::kLimit, "only " + std::to_string(kMaxTensors) + " tensors are read");
            return false;
        }
        BundleEntry entry = read_entry(cursor, end);
        if (cursor.ok() && !entry.is_sliced && entry.type != kTensorFlowString)
            add_tensor("'" + key + "' ", key, std::move(entry));
        return true;
    }

    Result<TensorTable> take() {
        if (auto settled = settle_shared(table_, files_.size()); !settled) return fail(settled.error());
        return std::move(table_);
    }

    void note(ErrorCode code, const std::string& what) {
        note_defect(table_, Error(code, "TensorFlow checkpoint: " + what));
    }

  private:
    void add_tensor(const std::string& says, const std::string& key, BundleEntry entry) {
        const auto dtype = tensorflow_type(entry.type);
        if (!dtype)
            return note(ErrorCode::kUnsupported, says + "has the unknown type " + std::to_string(entry.type));
        const auto extent = extent_of(*dtype, entry.shape.extents);
        if (!extent || entry.shape.has_too_many_dimensions || extent->bytes != entry.bytes)
            return note(ErrorCode::kInvalid, says + "has not the size that its shape asks for");
        const JoinedFiles::File* file = entry.file < by_number_.size() ? by_number_[entry.file] : nullptr;
        if (file == nullptr)
            return note(ErrorCode::kInvalid, "'" + ending_of(entry.file, header_.files) + "' is missing");
        if (entry.offset > file->bytes || entry.bytes > file->bytes - entry.offset)
            return note(ErrorCode::kInvalid, says + "ends beyond '" + file->name + "'");
        if (entry.bytes != 0)
            append(table_, {names_.keep(key), *dtype, std::move(entry.shape.extents), extent->elements,
                            file->begin + entry.offset, entry.bytes});
    }

    void find_files() {
        for (std::uint64_t number = 0; number < std::min<std::uint64_t>(header_.files, kMostCompanions);
             ++number) {
            const std::string ending = ending_of(number, header_.files);
            const auto found = std::ranges::find_if(
                files_.files(), [&](const JoinedFiles::File& file) { return file.name.ends_with(ending); });
            by_number_.push_back(found == files_.files().end() ? nullptr : &*found);
        }
    }

    const JoinedFiles& files_;
    BundleHeader header_;
    std::vector<const JoinedFiles::File*> by_number_;  // null: it is missing
    TensorTable table_{.format = "tensorflow-checkpoint", .tensors = {}, .defect = {}};
    TensorNames names_;
};

Result<TensorTable> read(const ByteSource& source) {
    const JoinedFiles& files = *source.joined();
    CheckpointReader checkpoint(files);
    const auto walked = each_entry(
        source, files.header_bytes(),
        [&](HeaderCursor& cursor, const auto& key, auto end) { return checkpoint.add(cursor, key, end); });
    if (!walked && walked.error().code() == ErrorCode::kIo) return fail(walked.error());
    if (!walked) checkpoint.note(walked.error().code(), walked.error().message());
    return checkpoint.take();
}

constexpr Reader kReader{"tensorflow-checkpoint", nullptr, read};

}  // namespace

const CompanionFormat kTensorFlowCheckpoint{names, &kReader};

}  // namespace modelward::fingerprint
