// SPDX-License-Identifier: Apache-2.0
// One scanner process kept alive: one file at a time, with a time limit. A process that dies, hangs or breaks
// the protocol is replaced, and the file that it had counts as failed: it is the caller's to give it no
// second time. One that dies before it ever answered says more of the program than of the file
// (died_unproven()).
//
// The caller polls with tick() about once a second. After a failed start the next try waits (1 s, doubled to
// 30 s). Not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "agent/loop/event_loop.h"
#include "agent/scanner/scanner_process.h"

namespace modelward::agent {

class ScanLane {
  public:
    using Clock = std::chrono::steady_clock;
    using Start = std::function<Result<ScannerProcess>()>;
    // Called from the event loop or from tick(); may submit the next file.
    using Done = std::function<void(Result<ScanReply>)>;

    ScanLane(EventLoop& loop, Start start, Done done)
        : loop_(&loop), start_(std::move(start)), done_(std::move(done)) {}
    ScanLane(const ScanLane&) = delete;
    ~ScanLane() { end_process(); }

    // Idle and able to take a file; starts the process when there is none.
    bool ready(Clock::time_point now);

    // kUnavailable: the process died just now; the file is not suspected. Only when ready().
    Result<void> submit(const ScanRequest& request, int file, Clock::time_point deadline);

    void tick(Clock::time_point now);

    // The next file is read by a new process (with a new index). A file under way is finished by the old one.
    void replace() { outdated_ = true; }

    bool busy() const { return deadline_.has_value(); }
    // Why no process answers; empty when one does or may.
    const std::string& problem() const { return problem_; }
    // In `Done` with an error: the process had answered nothing before. The next start waits.
    bool died_unproven() const { return died_unproven_; }
    std::uint64_t restarts() const { return restarts_; }

  private:
    void readable();
    void end_process();
    void wait_with_start();
    void finish(Result<ScanReply> result);
    void fail_file(const std::string& why);

    EventLoop* loop_;
    Start start_;
    Done done_;
    std::optional<ScannerProcess> process_;
    std::optional<Clock::time_point> deadline_;  // set while a file is under way
    std::uint64_t request_id_ = 0;
    bool outdated_ = false;
    bool proven_ = false;  // this process answered
    bool died_unproven_ = false;
    Clock::time_point next_start_{};
    std::chrono::seconds start_delay_{1};
    std::string problem_;
    std::uint64_t restarts_ = 0;
};

}  // namespace modelward::agent
