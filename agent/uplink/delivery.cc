// SPDX-License-Identifier: Apache-2.0
#include "agent/uplink/delivery.h"

#include <spdlog/spdlog.h>

namespace modelward::agent {

Delivery::~Delivery() {
    if (uplink_) loop_->remove(uplink_->event_fd());
}

Result<void> Delivery::connect(Uplink::Perform perform) {
    if (uplink_) loop_->remove(uplink_->event_fd());
    auto uplink = Uplink::start(std::move(perform));
    if (!uplink) return fail(uplink.error());
    uplink_ = std::move(*uplink);
    return loop_->add(uplink_->event_fd(), [this] { finished(); });
}

void Delivery::poke(Clock::time_point now) {
    if (!uplink_ || uplink_->busy() || now < next_try_) return;
    if (fetch_) return uplink_->submit(FetchBundle{host_.bundle_version()});
    if (host_.renewal_request)
        if (auto request = host_.renewal_request()) return uplink_->submit(RenewCertificate{*request});
    SendBatch job;
    if (spool_->counters().events > 0) {
        auto events = spool_->read(kMostEventsPerBatch, kMostBatchBytes);
        if (!events) {
            spdlog::error("cannot read the spool: {}", events.error().message());
            next_try_ = now + std::chrono::seconds(1);
            return;
        }
        for (auto& event : *events)
            *job.batch.add_events() = std::move(event);
    }
    if (job.batch.events().empty() && now < next_heartbeat_) return;
    sent_sequence_ = job.batch.events().empty() ? 0 : job.batch.events().rbegin()->sequence();
    *job.batch.mutable_status() = host_.status();
    job.batch.set_spool_id(spool_->id());
    next_heartbeat_ = now + heartbeat_;
    uplink_->submit(std::move(job));
}

void Delivery::finished() {
    const auto outcome = uplink_->take();
    if (!outcome) return;
    if (const auto* ack = std::get_if<Result<wire::EventAck>>(&*outcome)) {
        if (*ack)
            acknowledged(**ack);
        else
            failed(ack->error());
    } else if (const auto* renewed = std::get_if<Result<wire::RenewResponse>>(&*outcome)) {
        host_.renewed(*renewed);  // a failure is no reason to hold events back
    } else {
        const auto& bundle = std::get<Result<std::optional<wire::SignedBundle>>>(*outcome);
        fetch_ = false;
        if (bundle)
            fetched(*bundle);
        else  // asked for again after kAskAgain; that the console can be reached is for events to find out
            host_.bundle_problem("the console's bundle could not be fetched: " + bundle.error().message());
    }
    poke(Clock::now());
}

void Delivery::acknowledged(const wire::EventAck& ack) {
    if (!reachable_) spdlog::info("the console answers");
    reachable_ = true;
    problem_.clear();
    backoff_.reset();
    ++batches_sent_;
    if (ack.acknowledged_sequence() > spool_->counters().last_sequence) {
        // The file was put back from a copy: under its identity the console takes what is new for
        // repetitions.
        spdlog::warn("the spool is an older copy: the console has event {}, the newest here is {}",
                     ack.acknowledged_sequence(), spool_->counters().last_sequence);
        if (auto changed = spool_->change_id(); !changed)
            spdlog::error("the spool keeps its identity: {}", changed.error().message());
        next_heartbeat_ = {};
    } else if (sent_sequence_ > 0) {
        // Only what was in the batch: the console cannot have seen more.
        if (auto done = spool_->acknowledge(std::min(ack.acknowledged_sequence(), sent_sequence_)); !done)
            spdlog::warn("delivered events stay in the spool for now: {}", done.error().message());
        if (ack.acknowledged_sequence() < sent_sequence_) next_try_ = Clock::now() + backoff_.next();
    }
    if (ack.bundle_version() == 0 || ack.bundle_version() == host_.bundle_version()) return;
    const auto now = Clock::now();
    if (ack.bundle_version() == offered_version_ && now < offered_at_ + kAskAgain) return;
    offered_version_ = ack.bundle_version();
    offered_at_ = now;
    fetch_ = true;
}

void Delivery::fetched(const std::optional<wire::SignedBundle>& bundle) {
    if (bundle)
        host_.bundle(*bundle);
    else if (offered_version_ < host_.bundle_version())
        host_.bundle_problem("the console's newest bundle is version " + std::to_string(offered_version_) +
                             ", older than version " + std::to_string(host_.bundle_version()) +
                             ", which is in force");
    next_heartbeat_ = {};  // tell the console at once how it went
}

void Delivery::failed(const Error& error) {
    const auto pause = backoff_.next();
    if (reachable_ || problem_ != error.message())
        spdlog::warn("the console cannot be reached: {}", error.message());
    reachable_ = false;
    problem_ = error.message();
    offered_version_ = 0;
    next_try_ = Clock::now() + pause;
    next_heartbeat_ = {};
}

}  // namespace modelward::agent
