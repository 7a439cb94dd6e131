// SPDX-License-Identifier: Apache-2.0
// Writes an answer without an end: server-sent events as they come, a ping at every check of the session. A
// reader that falls 256 messages behind is cut off; it reconnects and loads the page's state afresh.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "console/server/http/message.h"
#include "console/server/http/watchdog.h"
#include "wire/tls_stream.h"

namespace modelward::console {

// The session is looked at on a worker, because that reads a database.
// Returns when the peer is gone, too slow, or no longer allowed. `response.live` must be set.
boost::asio::awaitable<void> write_live(wire::TlsStream& stream, Watchdog& watchdog, const Response& response,
                                        boost::asio::thread_pool& workers);

}  // namespace modelward::console
