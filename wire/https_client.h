// SPDX-License-Identifier: Apache-2.0
// A blocking HTTPS/1.1 client with deadlines, for the agent's uplink thread and the command line.
//
// Keeps its connection between calls. When a kept connection turns out to be closed before any byte of the
// answer, the request is sent once more on a fresh one, as RFC 9112 section 9.3.1 allows for what a caller
// may repeat: make requests that change something safe to repeat, or disconnect() first. Not thread-safe; one
// client a thread.
//
// Errors: kUnavailable (no name, no connection, deadline passed, connection lost: try later), kDenied (the
// server's certificate is not trusted, or the server refused ours), kLimit (the answer is too long), kInvalid
// (not HTTP). A status of 400 or above is not an Error here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "wire/tls_context.h"

namespace modelward::wire {

struct HttpsRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};

struct HttpsResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};

    // The first header of that name (any case), or an empty string.
    std::string header(std::string_view name) const;
};

struct HttpsClientOptions {
    std::string host{};
    std::string port{};
    Trust trust{};
    std::optional<TlsIdentity> identity{};              // client certificate
    std::chrono::milliseconds connect_timeout{10'000};  // name, TCP and TLS together
    std::chrono::milliseconds request_timeout{30'000};  // request and answer together
    std::size_t max_response_bytes = 16 << 20;
};

class HttpsClient {
  public:
    static Result<HttpsClient> create(HttpsClientOptions options);  // connects on the first send()
    ~HttpsClient();
    HttpsClient(HttpsClient&&) noexcept;
    HttpsClient& operator=(HttpsClient&&) noexcept;

    Result<HttpsResponse> send(const HttpsRequest& request);

    // For answers without an end. `on_body` sees the bytes as they come and returns false to stop; the
    // deadline then is request_timeout after the request. The result has status and headers, no body. Always
    // a fresh connection.
    Result<HttpsResponse> stream(const HttpsRequest& request,
                                 const std::function<bool(std::string_view)>& on_body);

    void disconnect();

  private:
    struct State;
    explicit HttpsClient(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// "HOST:PORT" or "[IPv6]:PORT". kInvalid otherwise.
struct Endpoint {
    std::string host{};
    std::string port{};
};
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace modelward::wire
