// SPDX-License-Identifier: Apache-2.0
#include "cli/index_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>

#include "cli/fingerprint_files.h"
#include "cli/input_file.h"
#include "cli/replace_file.h"
#include "fingerprint/file_format.h"
#include "fingerprint/index/index_builder.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using fingerprint::IndexBuilder;
using fingerprint::IndexTables;

using Digest = std::array<std::uint8_t, fingerprint::kFileTrailerBytes>;
constexpr std::string_view kExtension = ".mwfp";
constexpr std::size_t kLongestName = 200;

bool is_public(std::string_view name) {
    return name.starts_with(kPublicPrefix);
}

// "public/" for what lies in a folder of that name.
std::string prefix_in(const fs::path& folder) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(folder, error);
    return whole.filename() == kPublicPrefix.substr(0, kPublicPrefix.size() - 1) ? std::string(kPublicPrefix)
                                                                                 : "";
}

// The checksum that closes a fingerprint file: what tells one from another without reading it.
Result<Digest> digest_of(const std::string& path) {
    const auto file = InputFile::open(path);
    if (!file) return fail(file.error());
    Digest digest{};
    if ((*file)->size() < digest.size()) return fail(ErrorCode::kInvalid, path + ": not a fingerprint file");
    if (auto read = (*file)->read((*file)->size() - digest.size(), digest); !read)
        return fail(read.error().with_context(path));
    return digest;
}

// The index as it lies there. kNotFound when there is none.
Result<fingerprint::Index> map_index(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, path + " does not exist");
    if (!fd) return fail_errno(path);
    auto index = fingerprint::Index::map(fd.get());
    if (!index) return fail(index.error().with_context(path));
    return index;
}

// What a folder's index is made of: what the one that is there holds, and what it does not.
class FolderIndex {
  public:
    // `verified`: what the old index holds is taken over only when all of it is as it was written.
    static Result<FolderIndex> of(const std::string& folder, bool verified);

    bool up_to_date() const { return old_ && missing_.empty() && change_.dropped == 0; }
    const IndexChange& change() const { return change_; }
    Result<IndexBuilder> build() const;
    const fingerprint::Index& old() const { return *old_; }

  private:
    std::string folder_;
    std::optional<fingerprint::Index> old_;
    std::vector<bool> keep_;                               // by place in the old index
    std::vector<std::pair<std::string, Digest>> missing_;  // fingerprints that it does not hold
    IndexChange change_;
};

Result<FolderIndex> FolderIndex::of(const std::string& folder, bool verified) {
    FolderIndex made;
    made.folder_ = folder;
    const auto names = fingerprint_names(folder);
    if (!names) return fail(names.error());
    std::map<std::string, Digest, std::less<>> present;
    for (const std::string& name : *names) {
        const auto digest = digest_of(fingerprint_path(folder, name));
        if (!digest) return fail(digest.error());
        present[name] = *digest;
    }
    if (auto old = map_index(index_path(folder));
        old && (!verified || fingerprint::verify_index_file(old->file())))
        made.old_ = std::move(*old);
    if (made.old_) {
        const IndexTables& tables = made.old_->tables();
        for (std::uint32_t place = 0; place < tables.artifacts.size(); ++place) {
            const auto found = present.find(tables.name_of(place));
            const bool keep = found != present.end() && found->second == tables.artifact(place).digest &&
                              tables.artifact(place).number == place &&
                              (tables.artifact(place).is_public != 0) == is_public(tables.name_of(place));
            made.keep_.push_back(keep);
            if (keep) present.erase(found);
            ++(keep ? made.change_.kept : made.change_.dropped);
        }
    }
    made.missing_.assign(present.begin(), present.end());
    made.change_.added = made.missing_.size();
    return made;
}

Result<IndexBuilder> FolderIndex::build() const {
    IndexBuilder builder;
    std::uint32_t number = 0;
    if (old_) {
        builder.add(old_->tables(), [&](std::uint32_t place) -> std::optional<std::uint32_t> {
            if (!keep_[place]) return std::nullopt;
            return number++;
        });
    }
    for (const auto& [name, digest] : missing_) {
        const auto fingerprint = read_fingerprint_file(fingerprint_path(folder_, name));
        if (!fingerprint) return fail(fingerprint.error());
        builder.add(number++, *fingerprint, {name, digest, is_public(name)});
    }
    return builder;
}

Result<NamedIndex> with_names(fingerprint::Index index) {
    NamedIndex named;
    for (std::uint32_t place = 0; place < index.size(); ++place)
        named.names.emplace_back(index.tables().name_of(place));
    named.index = std::move(index);
    if (named.names.empty())
        return fail(ErrorCode::kNotFound,
                    "the index holds no fingerprint; make one with: modelward fingerprint FILE");
    return named;
}

Result<NamedIndex> load_folder(const std::string& folder) {
    const auto found = FolderIndex::of(folder, false);
    if (!found) return fail(found.error());
    if (found->up_to_date()) return with_names(found->old());
    const auto builder = found->build();
    if (!builder) return fail(builder.error());
    auto index = builder->build();
    if (!index) return fail(index.error());
    return with_names(std::move(*index));
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

Result<void> list(const std::string& folder, std::string_view prefix, std::vector<std::string>& names) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == kExtension)
            names.push_back(std::string(prefix) + at->path().stem().string());
    }
    if (error) return fail(ErrorCode::kIo, folder + ": " + error.message());
    return {};
}

}  // namespace

std::string fingerprint_path(const std::string& folder, const std::string& name) {
    return (fs::path(folder) / (name + std::string(kExtension))).string();
}

std::string index_path(const std::string& folder) {
    return (fs::path(folder) / "index.mwix").string();
}

Result<void> check_artifact_name(const std::string& full_name) {
    const std::string name =
        full_name.substr(full_name.starts_with(kPublicPrefix) ? kPublicPrefix.size() : 0);
    if (name.empty()) return fail(ErrorCode::kInvalid, "an artifact needs a name");
    if (name.size() > kLongestName)
        return fail(ErrorCode::kInvalid, "an artifact's name has at most 200 bytes");
    const auto may_not = [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' ' || c == 127; };
    if (name.front() == '.' || std::ranges::any_of(name, may_not))
        return fail(
            ErrorCode::kInvalid,
            "'" + name + "' cannot be an artifact's name: no '/', no leading '.', no control characters");
    return {};
}

Result<std::vector<std::string>> fingerprint_names(const std::string& folder) {
    std::vector<std::string> names;
    const fs::path of_public = fs::path(folder) / kPublicPrefix;
    if (auto listed = list(folder, "", names); !listed) return fail(listed.error());
    if (is_folder(of_public))
        if (auto listed = list(of_public, kPublicPrefix, names); !listed) return fail(listed.error());
    std::ranges::sort(names);
    return names;
}

Result<UniqueFd> lock_folder(const std::string& folder) {
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, folder + " does not exist");
    if (!fd) return fail_errno(folder);
    int locked = 0;
    do {
        locked = ::flock(fd.get(), LOCK_EX);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0) return fail_errno("lock " + folder);
    return fd;
}

Result<IndexChange> update_index(const std::string& folder) {
    const auto found = FolderIndex::of(folder, true);
    if (!found) return fail(found.error());
    if (found->up_to_date()) return found->change();
    const auto builder = found->build();
    if (!builder) return fail(builder.error());
    const auto written =
        replace_file(index_path(folder), [&](const Write& write) { return builder->write(write); });
    if (!written) return fail(written.error());
    return found->change();
}

Result<void> verify_index(const std::string& folder) {
    const auto found = FolderIndex::of(folder, false);
    if (!found) return fail(found.error());
    const auto index = map_index(index_path(folder));
    if (!index) return fail(index.error());
    if (auto sound = fingerprint::verify_index_file(index->file()); !sound)
        return fail(sound.error().code(), index_path(folder) + ": " + sound.error().message() +
                                              "; make it anew with: modelward index add " + folder);
    if (!found->up_to_date())
        return fail(ErrorCode::kConflict,
                    index_path(folder) +
                        " is behind its fingerprints; bring it up to date with: modelward index "
                        "add " +
                        folder);
    return {};
}

Result<NamedIndex> load_index(const std::vector<std::string>& paths) {
    if (std::ranges::find(paths, "") != paths.end())
        return fail(ErrorCode::kInvalid, "an index needs a path; what was given is empty");
    if (paths.size() == 1 && is_folder(paths[0]) && prefix_in(paths[0]).empty()) return load_folder(paths[0]);
    IndexBuilder builder;
    std::uint32_t number = 0;
    const auto add = [&](const std::string& file, const std::string& name) -> Result<void> {
        const auto fingerprint = read_fingerprint_file(file);
        if (!fingerprint) return fail(fingerprint.error());
        builder.add(number++, *fingerprint, {name, {}, is_public(name)});
        return {};
    };
    for (const std::string& path : paths) {
        if (!is_folder(path)) {
            const std::string name =
                prefix_in(fs::absolute(path).parent_path()) + fs::path(path).stem().string();
            if (auto added = add(path, name); !added) return fail(added.error());
            continue;
        }
        const auto names = fingerprint_names(path);
        if (!names) return fail(names.error());
        for (const std::string& name : *names)
            if (auto added = add(fingerprint_path(path, name), prefix_in(path) + name); !added)
                return fail(added.error());
    }
    auto index = builder.build();
    if (!index) return fail(index.error());
    return with_names(std::move(*index));
}

}  // namespace modelward::cli
