// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/live_writer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>

#include "console/server/http/await.h"

namespace modelward::console {
namespace {

namespace asio = boost::asio;
using SystemError = boost::system::error_code;

constexpr std::size_t kMaxBehind = 256;
constexpr auto kWriteTime = std::chrono::seconds(30);
constexpr std::string_view kPing = "event: ping\ndata: {}\n\n";

// Touched on the connection's executor only.
struct Queue {
    explicit Queue(const asio::any_io_executor& executor) : wake(executor) {}
    std::deque<IncidentStream::Text> texts;
    asio::steady_timer wake;
    bool overflowed = false;
};

IncidentStream::Deliver deliver_to(const std::shared_ptr<Queue>& queue,
                                   const asio::any_io_executor& executor) {
    return [weak = std::weak_ptr(queue), executor](const IncidentStream::Text& text) {
        asio::post(executor, [weak, text] {
            const auto alive = weak.lock();
            if (!alive) return;
            alive->overflowed = alive->overflowed || alive->texts.size() >= kMaxBehind;
            if (!alive->overflowed) alive->texts.push_back(text);
            alive->wake.cancel();
        });
    };
}

}  // namespace

asio::awaitable<void> write_live(wire::TlsStream& stream, Watchdog& watchdog, const Response& response,
                                 asio::thread_pool& workers) {
    const asio::any_io_executor executor = stream.get_executor();
    const auto queue = std::make_shared<Queue>(executor);
    // Subscribed before the first byte goes out: what happens from then on is not missed.
    const auto subscription = response.live->subscribe(deliver_to(queue, executor));
    std::string text = response_head(response, false).append(kPing);
    // By time and not when there is nothing else to do: a stream that is never quiet must end, too.
    auto due = std::chrono::steady_clock::now() + response.live->check_every;
    while (!queue->overflowed) {
        SystemError error;
        watchdog.arm(kWriteTime);
        co_await asio::async_write(stream, asio::buffer(text),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        watchdog.disarm();
        if (queue->texts.empty()) {
            queue->wake.expires_at(due);
            co_await queue->wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
        text.clear();
        for (; !queue->texts.empty(); queue->texts.pop_front())
            text += *queue->texts.front();
        if (std::chrono::steady_clock::now() < due) continue;
        // A variable, because GCC 12 destroys some temporaries of a co_await twice.
        auto checking = on_worker<bool>(workers, [live = response.live] { return live->still_allowed(); });
        if (!co_await std::move(checking)) co_return;
        text += kPing;
        due = std::chrono::steady_clock::now() + response.live->check_every;
    }
}

}  // namespace modelward::console
