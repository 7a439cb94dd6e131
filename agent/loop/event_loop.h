// SPDX-License-Identifier: Apache-2.0
// One thread that waits for descriptors: epoll, with timers as timerfds and signals as signalfds.
// Handlers run one after the other and may add and remove handlers, their own included. Not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

class EventLoop {
  public:
    using Handler = std::function<void()>;

    static Result<EventLoop> create();

    // Calls `handler` whenever `fd` is readable or its peer hung up. The caller keeps owning the descriptor
    // and removes it before closing it.
    Result<void> add(int fd, Handler handler);
    void remove(int fd);
    // From now on the handler of an added descriptor is called when it can be written to, instead.
    Result<void> wait_to_write(int fd);

    // Every `period`, the first time after one period.
    Result<void> every(std::chrono::milliseconds period, Handler handler);

    // Blocks the signals for this thread and the threads it starts; call before starting any.
    Result<void> on_signals(std::initializer_list<int> signals, std::function<void(int)> handler);

    // Until stop(). `idle` runs after each round of handlers; while it returns true the loop does not sleep.
    Result<void> run(const std::function<bool()>& idle);
    void stop() { running_ = false; }

  private:
    explicit EventLoop(UniqueFd epoll) : epoll_(std::move(epoll)) {}

    UniqueFd epoll_;
    // A number is given to each addition, so that an event of a closed descriptor is not taken for one of its
    // successor.
    struct Added {
        std::uint32_t number;
        std::shared_ptr<Handler> handler;
    };
    std::map<int, Added> handlers_;
    std::uint32_t next_number_ = 0;
    std::vector<UniqueFd> owned_;  // timers and signals
    bool running_ = false;
};

}  // namespace modelward::agent
