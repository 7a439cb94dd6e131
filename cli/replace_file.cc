// SPDX-License-Identifier: Apache-2.0
#include "cli/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/unique_fd.h"
#include "base/write_all.h"

namespace modelward::cli {
namespace {

// So that the new name is still there after a power cut.
Result<void> sync_folder_of(const std::string& path) {
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return fail_errno("fsync " + folder);
    return {};
}

}  // namespace

Result<void> replace_file(const std::string& path, const std::function<Result<void>(const Write&)>& content) {
    std::string temporary = path + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return fail_errno(temporary);
    auto done = content([&](std::span<const std::uint8_t> bytes) { return write_all(fd.get(), bytes); });
    if (done && ::fsync(fd.get()) != 0) done = fail_errno("fsync");
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (done && ::fchmod(fd.get(), 0644 & ~mask) != 0) done = fail_errno("chmod");
    if (done && ::rename(temporary.c_str(), path.c_str()) != 0) done = fail_errno("rename");
    if (done) return sync_folder_of(path);
    ::unlink(temporary.c_str());
    return fail(done.error().with_context(path));
}

}  // namespace modelward::cli
