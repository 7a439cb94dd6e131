// SPDX-License-Identifier: Apache-2.0
// A request and a response as the console's handlers see them: plain values, no Beast, no sockets.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "console/server/incident_stream.h"

namespace modelward::console {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method{};
    std::string path{};   // without the query, still percent-encoded
    std::string query{};  // after the first '?'
    Headers headers{};
    std::string body{};
    std::string peer_address{};
    std::optional<std::string> certificate_name{};  // common name of the verified client certificate

    std::string_view header(std::string_view name) const;  // any case; empty when absent
    std::string_view cookie(std::string_view name) const;
    std::string parameter(std::string_view name) const;  // of the query, decoded; empty when absent
};

// "a%20b+c" -> "a b c". Malformed escapes stay as they are.
std::string percent_decoded(std::string_view text);

// An answer without an end: server-sent events.
struct LiveStream {
    std::function<std::unique_ptr<IncidentStream::Subscription>(IncidentStream::Deliver)> subscribe{};
    std::function<bool()> still_allowed{};          // false ends the stream; called on a worker
    std::chrono::milliseconds check_every{15'000};  // how often that is asked and a ping sent, however busy
};

struct Response {
    int status = 200;
    std::string content_type{};
    Headers headers{};
    // Owned, static for the life of the program, or shared.
    std::variant<std::string, std::string_view, std::shared_ptr<const std::string>> body{};
    std::shared_ptr<LiveStream> live{};
    bool close = false;  // hang up afterwards

    std::string_view body_view() const;
};

// Status line and headers, with the closing empty line.
std::string response_head(const Response& response, bool keep_alive);

int http_status(ErrorCode code);

}  // namespace modelward::console
