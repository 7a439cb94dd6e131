// SPDX-License-Identifier: Apache-2.0
#include "agent/loop/event_loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace modelward::agent {

Result<EventLoop> EventLoop::create() {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return fail_errno("epoll_create1");
    return EventLoop(std::move(epoll));
}

namespace {

epoll_event event_of(int fd, std::uint32_t number, std::uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.u64 = std::uint64_t{number} << 32 | static_cast<std::uint32_t>(fd);
    return event;
}

}  // namespace

Result<void> EventLoop::wait_to_write(int fd) {
    const auto added = handlers_.find(fd);
    if (added == handlers_.end()) return fail(ErrorCode::kInternal, "the descriptor was not added");
    auto event = event_of(fd, added->second.number, EPOLLOUT);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) return fail_errno("epoll_ctl");
    return {};
}

Result<void> EventLoop::add(int fd, Handler handler) {
    const std::uint32_t number = next_number_++;
    auto event = event_of(fd, number, EPOLLIN);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return fail_errno("epoll_ctl");
    handlers_[fd] = {number, std::make_shared<Handler>(std::move(handler))};
    return {};
}

void EventLoop::remove(int fd) {
    if (handlers_.erase(fd) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

Result<void> EventLoop::every(std::chrono::milliseconds period, Handler handler) {
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer) return fail_errno("timerfd_create");
    const timespec interval{period.count() / 1000, period.count() % 1000 * 1'000'000};
    const itimerspec setting{interval, interval};
    if (::timerfd_settime(timer.get(), 0, &setting, nullptr) != 0) return fail_errno("timerfd_settime");
    const int fd = timer.get();
    owned_.push_back(std::move(timer));
    return add(fd, [fd, handler = std::move(handler)] {
        std::uint64_t expirations = 0;  // several missed ones count as one
        if (::read(fd, &expirations, sizeof expirations) == sizeof expirations) handler();
    });
}

Result<void> EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> handler) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : signals)
        ::sigaddset(&set, signal);
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0)
        return fail(Error::from_errno("pthread_sigmask", error));
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) return fail_errno("signalfd");
    const int raw = fd.get();
    owned_.push_back(std::move(fd));
    return add(raw, [raw, handler = std::move(handler)] {
        signalfd_siginfo info{};
        while (::read(raw, &info, sizeof info) == sizeof info)
            handler(static_cast<int>(info.ssi_signo));
    });
}

Result<void> EventLoop::run(const std::function<bool()>& idle) {
    running_ = true;
    bool busy = true;
    while (running_) {
        std::array<epoll_event, 32> ready;
        const int count =
            ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), busy ? 0 : -1);
        if (count < 0 && errno != EINTR) return fail_errno("epoll_wait");
        for (int i = 0; i < count && running_; ++i) {
            // A handler of this round may have removed this one; a shared pointer keeps one alive that
            // removes itself.
            const std::uint64_t data = ready[static_cast<std::size_t>(i)].data.u64;
            const auto found = handlers_.find(static_cast<int>(data & 0xffffffff));
            if (found == handlers_.end() || found->second.number != data >> 32) continue;
            const auto handler = found->second.handler;
            (*handler)();
        }
        busy = running_ && idle();
    }
    return {};
}

}  // namespace modelward::agent
