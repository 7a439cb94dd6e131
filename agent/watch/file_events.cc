// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/file_events.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace modelward::agent {
namespace {

std::filesystem::path path_of(int fd) {
    std::array<char, PATH_MAX> buffer;
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return length > 0 ? std::filesystem::path(std::string(buffer.data(), static_cast<std::size_t>(length)))
                      : std::filesystem::path();
}

}  // namespace

bool is_below(const std::filesystem::path& path, const std::filesystem::path& tree) {
    const std::string &inner = path.native(), &outer = tree.native();
    if (outer == "/") return inner.starts_with('/');
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

Result<FileEvents> FileEvents::create() {
    UniqueFd fd(::fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK,
                                O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME));
    if (!fd) return fail_errno("fanotify_init");
    return FileEvents(std::move(fd));
}

Result<void> FileEvents::watch(const std::filesystem::path& tree) {
    std::error_code error;
    auto canonical = std::filesystem::canonical(tree, error);
    if (error) return fail(Error::from_errno(tree.string(), error.value()));
    if (::fanotify_mark(fd_.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_CLOSE_WRITE, AT_FDCWD,
                        canonical.c_str()) != 0)
        return fail_errno("watch the file system of " + tree.string());
    trees_.push_back(std::move(canonical));
    return {};
}

Result<FileEvents::Batch> FileEvents::read() {
    Batch batch;
    alignas(fanotify_event_metadata) std::array<char, 16384> buffer;
    for (;;) {
        ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return batch;
        if (size < 0) return fail_errno("read fanotify events");
        for (auto* event = reinterpret_cast<const fanotify_event_metadata*>(buffer.data());
             FAN_EVENT_OK(event, size); event = FAN_EVENT_NEXT(event, size)) {
            if (event->mask & FAN_Q_OVERFLOW) batch.overflow = true;
            if (event->fd < 0) continue;
            const UniqueFd file(event->fd);
            auto path = path_of(file.get());
            const auto inside = [&](const auto& tree) { return is_below(path, tree); };
            if (std::ranges::any_of(trees_, inside)) batch.written.push_back(std::move(path));
        }
    }
}

}  // namespace modelward::agent
