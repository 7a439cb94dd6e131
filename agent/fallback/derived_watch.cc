// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/derived_watch.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <time.h>

#include <array>
#include <memory>

#include "agent/fallback/file_key.h"
#include "agent/sensor/label_table.h"

namespace modelward::agent {

namespace {

// When the file was last changed, by the clock of the start times of processes. Not when it was last written:
// that time is the writer's to set (cp -p).
std::uint64_t changed_at_boot_ns(const struct stat& status) {
    timespec real, boot;
    ::clock_gettime(CLOCK_REALTIME, &real);
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    const auto ns = [](const timespec& time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; };
    const auto at = ns(boot) - (ns(real) - ns(status.st_ctim));
    return at > 0 ? static_cast<std::uint64_t>(at) : 0;
}

}  // namespace

Result<DerivedWatch> DerivedWatch::create(GateState& state, std::function<bool(int)> watch) {
    UniqueFd group(::fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS,
                                   O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME));
    if (!group) return fail_errno("fanotify_init");
    return DerivedWatch(state, std::move(watch), std::move(group));
}

bool DerivedWatch::add(const std::filesystem::path& mount) {
    return ::fanotify_mark(group_.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_CLOSE_WRITE, AT_FDCWD,
                           mount.c_str()) == 0;
}

void DerivedWatch::read() {
    alignas(fanotify_event_metadata) std::array<char, 8192> buffer;
    ssize_t size = ::read(group_.get(), buffer.data(), buffer.size());
    for (auto* event = reinterpret_cast<const fanotify_event_metadata*>(buffer.data());
         FAN_EVENT_OK(event, size); event = FAN_EVENT_NEXT(event, size)) {
        if (event->mask & FAN_Q_OVERFLOW) ++state_->counters.overflows;
        if (event->fd < 0) continue;
        const UniqueFd file(event->fd);
        written(file.get(), event->pid);
    }
}

void DerivedWatch::written(int file, pid_t process) {
    const auto taint = state_->taints.find_late(process);
    if (!taint || taint->flags & kernel::kTaintProbe || taint->marks.classes == 0) return;
    const auto key = file_key(file);
    struct stat status;
    if (!key || ::fstat(file, &status) != 0 || state_->removable.contains(key->device)) return;
    // Closed as it was found: older than the process.
    if (changed_at_boot_ns(status) < taint->start_boot_ns) return;
    auto event = std::make_unique<kernel::event>();
    event->kind = kernel::kEventDerivedLabel;
    event->operation = kernel::kOperationWrite;
    event->origin = kernel::kOriginDerived;
    event->marks = taint->marks;
    event->file = *key;
    event->bytes_requested = event->bytes_metered = static_cast<std::uint64_t>(status.st_size);
    if (!state_->questions.cross(*event)) ++state_->counters.derived_lost;
    if (event->marks.classes == 0) return;

    kernel::label label{};
    const bool had = ::bpf_map_lookup_elem(state_->maps.labels.get(), &*key, &label) == 0;
    if (had && marks_cover(label.marks, event->marks)) return;
    marks_add(label.marks, event->marks);
    label.origin = kernel::kOriginDerived;
    const bool kept = put_label(state_->maps, *key, label).has_value() && watch_(file);
    put_path(*event, path_of(file));
    describe_process(*event, process, *taint);
    if (!state_->questions.report(*event) || !kept) ++state_->counters.derived_lost;
}

}  // namespace modelward::agent
