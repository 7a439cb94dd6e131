// SPDX-License-Identifier: Apache-2.0
// Hands new and changed incidents to everyone who watches. Thread-safe; delivering never blocks the
// publisher.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace modelward::console {

class IncidentStream {
  public:
    using Text = std::shared_ptr<const std::string>;
    using Deliver = std::function<void(const Text&)>;

    // Ends the subscription when it is destroyed; a delivery under way on another thread finishes first.
    class Subscription {
      public:
        Subscription(IncidentStream& stream, std::uint64_t id) : stream_(&stream), id_(id) {}
        ~Subscription() { stream_->remove(id_); }
        Subscription(const Subscription&) = delete;
        Subscription& operator=(const Subscription&) = delete;

      private:
        IncidentStream* stream_;
        std::uint64_t id_;
    };

    // `deliver` is called on the publisher's thread: it passes the text on and returns.
    std::unique_ptr<Subscription> subscribe(Deliver deliver);
    void publish(std::string text);
    bool has_subscribers() const;

  private:
    void remove(std::uint64_t id);

    mutable std::mutex mutex_;
    std::uint64_t next_id_ = 0;
    std::unordered_map<std::uint64_t, Deliver> subscribers_;
};

}  // namespace modelward::console
