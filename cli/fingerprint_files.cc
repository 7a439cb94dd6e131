// SPDX-License-Identifier: Apache-2.0
#include "cli/fingerprint_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/input_file.h"

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

Result<void> write_fingerprint_file(const std::string& path, const fingerprint::Fingerprint& fingerprint) {
    const std::string temporary = path + ".part";
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return fail_errno(temporary);
    auto written = write_all(fd.get(), fingerprint::serialize(fingerprint));
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
