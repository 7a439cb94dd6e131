// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/file_gate.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>

#include "agent/fallback/file_key.h"
#include "agent/fallback/process_files.h"
#include "agent/sensor/mounts.h"
#include "agent/sensor/removable_disks.h"

namespace modelward::agent {

namespace {

constexpr std::uint64_t kHeldFile = FAN_OPEN_PERM | FAN_ACCESS_PERM;
constexpr int kPauseMs = 500;
constexpr std::chrono::seconds kMediaPause{2};

int broken_off(void* context, void* data, std::size_t) {
    auto& state = *static_cast<GateState*>(context);
    const auto& refusal = *static_cast<const kernel::refusal*>(data);
    const auto owner = static_cast<pid_t>(refusal.pid);
    // Tainted still: the id has not passed to another process.
    if (refusal.kills && state.taints.find(owner)) ::kill(owner, SIGKILL);
    bool done = break_off(owner, refusal.cookie);
    // A child may have it by now.
    std::uint32_t pid = 0, next = 0;
    for (bool first = true;
         !done && ::bpf_map_get_next_key(state.maps.processes.get(), first ? nullptr : &pid, &next) == 0;
         first = false) {
        pid = next;
        done = break_off(static_cast<pid_t>(pid), refusal.cookie);
    }
    ++(done ? state.counters.broken_off : state.counters.not_broken_off);
    return 0;
}

}  // namespace

FileGate::FileGate(GateState& state, UniqueFd group, UniqueFd stop)
    : state_(&state), group_(std::move(group)), stop_(std::move(stop)), judge_(state) {}

Result<std::unique_ptr<FileGate>> FileGate::start(GateState& state) {
    UniqueFd group(::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_TID |
                                       FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
                                   O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME));
    if (!group)
        return fail(ErrorCode::kUnsupported,
                    Error::from_errno("fallback: fanotify_init for permission events", errno).message());
    UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
    if (!stop) return fail_errno("eventfd");
    std::unique_ptr<FileGate> gate(new FileGate(state, std::move(group), std::move(stop)));
    if (auto begun = gate->begin(); !begun) return fail(begun.error());
    return gate;
}

Result<void> FileGate::begin() {
    auto derived = DerivedWatch::create(*state_, [this](int fd) { return watch(fd); });
    if (!derived) return fail(derived.error());
    derived_ = std::move(*derived);
    mounts_.reset(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    if (!mounts_) return fail_errno("open /proc/self/mountinfo");
    auto devices = UeventSocket::open();
    if (!devices) return fail(devices.error());
    devices_ = std::move(*devices);
    look_for_media();
    for (auto& held : held_)
        threads_.emplace_back([this, &held] { judge_all(held); });
    threads_.emplace_back([this] { keep_house(); });
    return {};
}

FileGate::~FileGate() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(stop_.get(), &one, sizeof one));
    for (auto& thread : threads_)
        thread.join();
}

bool FileGate::watch(int fd) {
    if (::fanotify_mark(group_.get(), FAN_MARK_ADD, kHeldFile, fd, nullptr) == 0) return true;
    ++state_->counters.unwatched;
    return false;
}

void FileGate::unwatch(int fd) {
    ::fanotify_mark(group_.get(), FAN_MARK_REMOVE, kHeldFile, fd, nullptr);
}

void FileGate::judge_all(Held& held) {
    for (;;) {
        std::array<pollfd, 2> waiting = {pollfd{group_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
        if (waiting[1].revents) return;
        if (waiting[0].revents) judge_next(held);
    }
}

void FileGate::judge_next(Held& held) {
    fanotify_event_metadata event;  // room for one: the next is for another thread
    const ssize_t size = ::read(group_.get(), &event, sizeof event);
    if (size < static_cast<ssize_t>(sizeof event) || event.fd < 0) return;
    {
        const std::lock_guard lock(held.mutex);
        held.file = event.fd;
        held.answered = false;
        held.since = std::chrono::steady_clock::now();
    }
    const bool allow =
        !(event.mask & kHeldFile) || judge_.allows(event.fd, event.pid, event.mask & FAN_OPEN_PERM);
    answer(held, allow);
    const std::lock_guard lock(held.mutex);
    ::close(held.file);
    held.file = -1;
}

void FileGate::answer(Held& held, bool allow) {
    const std::lock_guard lock(held.mutex);
    answer_locked(held, allow);
}

void FileGate::answer_locked(Held& held, bool allow) {
    if (held.answered || held.file < 0) return;
    const fanotify_response response{held.file, allow ? unsigned{FAN_ALLOW} : unsigned{FAN_DENY}};
    static_cast<void>(!::write(group_.get(), &response, sizeof response));
    held.answered = true;
    if (!allow) ++state_->counters.refused;
}

void FileGate::refuse_late() {
    const auto now = std::chrono::steady_clock::now();
    bool all_late = true;
    for (auto& held : held_) {
        const std::lock_guard lock(held.mutex);
        const bool late = held.file >= 0 && now - held.since > kAnswerLimit;
        if (late && !held.answered) {
            ++state_->counters.refused_late;
            answer_locked(held, false);
        }
        all_late = all_late && late;
    }
    if (!all_late) return;
    // Nobody is left who judges: what waits is refused as well.
    for (fanotify_event_metadata event;
         ::read(group_.get(), &event, sizeof event) == static_cast<ssize_t>(sizeof event);) {
        if (event.fd < 0) continue;
        const UniqueFd file(event.fd);
        const fanotify_response response{event.fd, FAN_DENY};
        static_cast<void>(!::write(group_.get(), &response, sizeof response));
        ++state_->counters.refused_late;
    }
}

void FileGate::look_for_media() {
    auto devices = removable_devices();
    std::uint64_t not_held = 0, unheard = 0;
    for (const auto& mount : read_mounts().value_or(std::vector<Mount>{})) {
        if (devices.contains(mount.device)) {
            if (::fanotify_mark(group_.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM, AT_FDCWD,
                                mount.path.c_str()) != 0)
                ++not_held;
        } else if (is_local(mount) && !derived_->add(mount.path)) {
            ++unheard;
        }
    }
    if (!put_removable(state_->maps, devices)) ++not_held;
    state_->counters.media_not_held = not_held;
    state_->counters.mounts_unheard = unheard;
    state_->removable.set(std::move(devices));
}

bool FileGate::have_devices_changed() const {
    bool changed = false;
    const bool all =
        devices_->read([&](std::string_view message) { changed |= is_of_block_device(message); });
    return changed || !all;
}

void FileGate::keep_house() {
    ring_buffer* refusals = ::ring_buffer__new(state_->maps.refusals.get(), broken_off, state_, nullptr);
    auto looked = std::chrono::steady_clock::now();
    for (;;) {
        std::array<pollfd, 5> waiting = {
            pollfd{stop_.get(), POLLIN, 0}, pollfd{derived_->fd(), POLLIN, 0},
            pollfd{mounts_.get(), POLLPRI, 0}, pollfd{devices_->fd(), POLLIN, 0},
            pollfd{refusals ? ::ring_buffer__epoll_fd(refusals) : -1, POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), kPauseMs) < 0 && errno != EINTR) break;
        if (waiting[0].revents) break;
        if (waiting[1].revents) derived_->read();
        if (waiting[4].revents) ::ring_buffer__consume(refusals);
        refuse_late();
        const auto now = std::chrono::steady_clock::now();
        const bool changed = waiting[3].revents && have_devices_changed();
        if (changed || waiting[2].revents || now - looked > kMediaPause) {
            look_for_media();
            looked = now;
        }
    }
    ::ring_buffer__free(refusals);
}

}  // namespace modelward::agent
