// SPDX-License-Identifier: Apache-2.0
#include "agent/uplink/uplink.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace modelward::agent {

Result<std::unique_ptr<Uplink>> Uplink::start(Perform perform) {
    UniqueFd event_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event_fd) return fail_errno("eventfd");
    return std::unique_ptr<Uplink>(new Uplink(std::move(perform), std::move(event_fd)));
}

Uplink::Uplink(Perform perform, UniqueFd event_fd)
    : perform_(std::move(perform)), event_fd_(std::move(event_fd)), thread_([this] { work(); }) {}

Uplink::~Uplink() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Uplink::submit(UplinkJob job) {
    busy_ = true;
    {
        const std::lock_guard lock(mutex_);
        job_ = std::move(job);
    }
    wake_.notify_one();
}

std::optional<UplinkOutcome> Uplink::take() {
    std::uint64_t count = 0;
    static_cast<void>(!::read(event_fd_.get(), &count, sizeof count));
    const std::lock_guard lock(mutex_);
    auto outcome = std::exchange(outcome_, std::nullopt);
    if (outcome) busy_ = false;
    return outcome;
}

void Uplink::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || job_; });
        if (stop_) return;
        const UplinkJob job = std::move(*job_);
        job_.reset();
        lock.unlock();
        auto outcome = perform_(job);
        lock.lock();
        outcome_ = std::move(outcome);
        const std::uint64_t one = 1;
        static_cast<void>(!::write(event_fd_.get(), &one, sizeof one));
    }
}

}  // namespace modelward::agent
