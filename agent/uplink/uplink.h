// SPDX-License-Identifier: Apache-2.0
// The connection to the console, on a thread of its own: the main loop hands it one job at a time and is
// woken by event_fd() when there is an outcome. The thread owns the connection and touches nothing else.
//
// submit(), take() and busy() belong to the main loop's thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "base/error.h"
#include "base/unique_fd.h"
#include "wire/https_client.h"
#include "wire/modelward.pb.h"

namespace modelward::agent {

struct SendBatch {
    wire::EventBatch batch;
};
struct FetchBundle {
    std::uint64_t have;
};
struct RenewCertificate {
    std::string request_der;
};
using UplinkJob = std::variant<SendBatch, FetchBundle, RenewCertificate>;

// The bundle is not verified yet; nullopt: the console has none that is newer.
using UplinkOutcome = std::variant<Result<wire::EventAck>, Result<std::optional<wire::SignedBundle>>,
                                   Result<wire::RenewResponse>>;

class Uplink {
  public:
    // Does one job; called on the uplink's thread only. The tests put a function of their own here.
    using Perform = std::function<UplinkOutcome(const UplinkJob&)>;

    static Result<std::unique_ptr<Uplink>> start(Perform perform);
    Uplink(const Uplink&) = delete;
    ~Uplink();  // waits for the job under way

    bool busy() const { return busy_; }
    void submit(UplinkJob job);  // only when not busy
    int event_fd() const { return event_fd_.get(); }
    std::optional<UplinkOutcome> take();

  private:
    Uplink(Perform perform, UniqueFd event_fd);
    void work();

    Perform perform_;
    UniqueFd event_fd_;
    bool busy_ = false;  // the main loop's view

    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<UplinkJob> job_;
    std::optional<UplinkOutcome> outcome_;
    bool stop_ = false;
    std::thread thread_;
};

// A Perform over HTTPS: POST /agent/v1/events and /agent/v1/renew, GET /agent/v1/bundle.
Result<Uplink::Perform> perform_over_https(wire::HttpsClientOptions options);

}  // namespace modelward::agent
