// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/scan_lane.h"

#include <algorithm>

namespace modelward::agent {

bool ScanLane::ready(Clock::time_point now) {
    if (busy()) return false;
    if (outdated_) end_process();
    if (process_) return true;
    if (now < next_start_) return false;
    auto process = start_();
    if (process) {
        process_ = std::move(*process);
        auto added = loop_->add(process_->socket(), [this] { readable(); });
        if (added) {
            outdated_ = false;
            proven_ = false;
            return true;
        }
        process_.reset();
        process = fail(added.error());
    }
    problem_ = process.error().message();
    wait_with_start();
    return false;
}

Result<void> ScanLane::submit(const ScanRequest& request, int file, Clock::time_point deadline) {
    if (auto sent = process_->submit(request, file); !sent) {
        end_process();
        ++restarts_;
        if (!proven_) {
            problem_ = "the scanner ends before it takes a file";
            wait_with_start();
        }
        return fail(ErrorCode::kUnavailable, sent.error().message());
    }
    request_id_ = request.id;
    deadline_ = deadline;
    return {};
}

void ScanLane::tick(Clock::time_point now) {
    if (deadline_ && now >= *deadline_) fail_file("the scanner took too long");
}

void ScanLane::readable() {
    auto reply = process_->take_reply();
    if (reply && busy() && reply->id == request_id_) {
        start_delay_ = std::chrono::seconds(1);
        problem_.clear();
        proven_ = true;
        finish(std::move(reply));
    } else if (!busy()) {
        // Between two files it may end as it likes (it does so when it has used much processor time), but one
        // that never gets as far as its first file must not be restarted in a tight loop.
        end_process();
        wait_with_start();
    } else {
        fail_file(reply ? "the scanner answered something else" : reply.error().message());
    }
}

void ScanLane::fail_file(const std::string& why) {
    loop_->remove(process_->socket());
    const std::string end = process_->stop();
    process_.reset();
    ++restarts_;
    died_unproven_ = !proven_;
    if (died_unproven_) {
        problem_ = "the scanner ends before it answers (" + end + ")";
        wait_with_start();
    }
    finish(fail(ErrorCode::kUnavailable, why + " (" + end + ")"));
}

void ScanLane::wait_with_start() {
    next_start_ = Clock::now() + start_delay_;
    start_delay_ = std::min(start_delay_ * 2, std::chrono::seconds(30));
}

void ScanLane::end_process() {
    if (!process_) return;
    loop_->remove(process_->socket());
    process_.reset();
}

void ScanLane::finish(Result<ScanReply> result) {
    deadline_.reset();
    done_(std::move(result));
}

}  // namespace modelward::agent
