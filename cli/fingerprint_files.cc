// SPDX-License-Identifier: Apache-2.0
#include "cli/fingerprint_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/input_file.h"
#include "fingerprint/file_format.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 31;
constexpr std::string_view kExtension = ".mwfp";

Result<void> write_all(int fd, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno("write");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(fd) != 0) return fail_errno("fsync");
    return {};
}

// The .mwfp files that a path on the command line means, in the order of their names.
Result<std::vector<std::string>> expand(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return std::vector{path};
    std::vector<std::string> files;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == kExtension) files.push_back(at->path().string());
    }
    if (error) return fail(ErrorCode::kIo, path + ": " + error.message());
    std::ranges::sort(files);
    return files;
}

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
    std::string temporary = path + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return fail_errno(temporary);
    auto written = write_all(fd.get(), fingerprint::serialize(fingerprint));
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (written && ::fchmod(fd.get(), 0644 & ~mask) != 0) written = fail_errno("chmod");
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = fail_errno("rename");
    if (written) return {};
    ::unlink(temporary.c_str());
    return fail(written.error().with_context(path));
}

Result<NamedIndex> load_index(const std::vector<std::string>& paths) {
    NamedIndex index;
    for (const std::string& path : paths) {
        const auto files = expand(path);
        if (!files) return fail(files.error());
        for (const std::string& file : *files) {
            auto fingerprint = read_fingerprint_file(file);
            if (!fingerprint) return fail(fingerprint.error());
            index.index.add(static_cast<std::uint32_t>(index.names.size()), std::move(*fingerprint));
            index.names.push_back(fs::path(file).stem().string());
        }
    }
    if (index.names.empty()) {
        return fail(ErrorCode::kNotFound,
                    "the index holds no fingerprint; make one with: modelward fingerprint FILE");
    }
    return index;
}

}  // namespace modelward::cli
