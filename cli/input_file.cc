// SPDX-License-Identifier: Apache-2.0
#include "cli/input_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>

#include "base/printable.h"

namespace modelward::cli {
namespace {

// About ten lines a second at the speed of a full pass; nothing for files that take less.
constexpr std::uint64_t kShowEvery = std::uint64_t{128} << 20;

}  // namespace

InputFile::InputFile(std::string path, UniqueFd fd, fingerprint::FileSource source)
    : path_(std::move(path)), fd_(std::move(fd)), source_(std::move(source)) {}

InputFile::~InputFile() {
    if (shown_at_ != 0) std::fputs("\r\033[K", stderr);
}

Result<std::unique_ptr<InputFile>> InputFile::open(const std::string& path) {
    // O_NONBLOCK: opening a FIFO must not hang; it has no effect on regular files.
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return fail_errno(path);
    auto source = fingerprint::FileSource::from_fd(fd.get());
    if (!source) return fail(source.error().with_context(path));
    return std::unique_ptr<InputFile>(new InputFile(path, std::move(fd), *source));
}

Result<void> InputFile::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    bytes_read_ += into.size();
    if (bytes_read_ - shown_at_ >= kShowEvery) show_progress();
    return source_.read(offset, into);
}

void InputFile::show_progress() const {
    static const bool terminal = ::isatty(STDERR_FILENO) == 1;
    if (!terminal) return;
    shown_at_ = bytes_read_;
    const std::uint64_t percent =
        std::min<std::uint64_t>(100, bytes_read_ * 100 / std::max<std::uint64_t>(1, size()));
    std::fprintf(stderr, "\r%s: %llu %%\033[K", as_printable(path_).c_str(),
                 static_cast<unsigned long long>(percent));
}

}  // namespace modelward::cli
