// SPDX-License-Identifier: Apache-2.0
#include "cli/fingerprint_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "cli/input_file.h"
#include "cli/model_file.h"
#include "cli/replace_file.h"
#include "fingerprint/file_format.h"
#include "fingerprint/match/landmark_evidence.h"
#include "fingerprint/match/record_evidence.h"

namespace modelward::cli {
namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 31;

}  // namespace

Result<fingerprint::Fingerprint> read_fingerprint_file(const std::string& path) {
    const auto file = InputFile::open(path);
    if (!file) return fail(file.error());
    if ((*file)->size() > kMaxFileBytes)
        return fail(ErrorCode::kLimit, path + ": larger than any fingerprint file");
    std::vector<std::uint8_t> bytes((*file)->size());
    if (auto read = (*file)->read(0, bytes); !read) return fail(read.error().with_context(path));
    auto parsed = fingerprint::parse_fingerprint(bytes);
    if (!parsed) return fail(parsed.error().with_context(path));
    return parsed;
}

Result<fingerprint::Fingerprint> fingerprint_of(const std::string& path) {
    const auto file = ModelFile::open(path);
    if (!file) return fail(file.error());
    if (!file->missing().empty())
        return fail(ErrorCode::kNotFound,
                    path + ": " + file->missing() +
                        (file->unseen() == fingerprint::Unseen::kMissing ? "; put all files into one folder"
                                                                         : "; register each by itself"));
    auto made = fingerprint::make_fingerprint(file->source());
    if (!made) return fail(made.error().with_context(path));
    return made;
}

std::string warning_of(const fingerprint::Fingerprint& fingerprint, const std::string& path) {
    const bool has_tensors = std::ranges::any_of(fingerprint.tensors, &fingerprint::TensorSketch::eligible);
    const auto& records = fingerprint.records.hashes;
    if (has_tensors || fingerprint.landmarks.hashes.size() >= fingerprint::kLeastLandmarks ||
        std::ranges::count_if(records, fingerprint::is_evidence) >= fingerprint::kLeastRows)
        return {};
    if (records.size() >= fingerprint::kLeastIdenticalEntries)
        return path +
               ": only the whole document will be recognised, parts of this text will not: fewer than " +
               std::to_string(fingerprint::kLeastRows) + " of its records say enough to be evidence";
    return path + (fingerprint.chunks.empty()
                       ? ": only this very file will be recognised: too short, or the same bytes throughout"
                       : ": neither weights nor records of text are read in it: copies of its bytes will be "
                         "recognised, conversions to other formats will not");
}

bool is_fingerprint_file(const std::string& path) {
    const auto file = InputFile::open(path);
    std::array<std::uint8_t, fingerprint::kFileMagic.size()> begin{};
    return file && (*file)->size() >= begin.size() && (*file)->read(0, begin) &&
           begin == fingerprint::kFileMagic;
}

Result<void> may_write_fingerprint(const std::string& path, const std::string& input) {
    if (path.empty()) return fail(ErrorCode::kInvalid, "the output needs a name");
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return fail_errno(path);
    }
    if (!S_ISREG(found.st_mode))
        return fail(ErrorCode::kConflict,
                    path + " is not a regular file: a fingerprint is not written in its place");
    if (struct stat source{};
        ::stat(input.c_str(), &source) == 0 && source.st_dev == found.st_dev && source.st_ino == found.st_ino)
        return fail(ErrorCode::kConflict, path + " is the file that the fingerprint is made of");
    if (!is_fingerprint_file(path))
        return fail(ErrorCode::kConflict,
                    path + " exists and is not a fingerprint: it is not overwritten; choose another name");
    return {};
}

Result<void> write_fingerprint_file(const std::string& path, const fingerprint::Fingerprint& fingerprint) {
    if (auto may = may_write_fingerprint(path, ""); !may) return may;
    return replace_file(path, [&](const Write& write) { return write(fingerprint::serialize(fingerprint)); });
}

}  // namespace modelward::cli
