// SPDX-License-Identifier: Apache-2.0
// Calls to the console's REST API (docs/rest-api.md) with the session of the command line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "cli/console_session.h"
#include "wire/https_client.h"

namespace modelward::cli {

using Json = nlohmann::ordered_json;

struct Reply {
    int status = 0;
    Json body{};                // null when the answer has none
    std::string cookie{};       // the session's token, when the console set one
    std::string retry_after{};  // seconds, where the console asks for patience
};

class ConsoleClient {
  public:
    static Result<ConsoleClient> open(ConsoleSession session);
    static Result<ConsoleClient> open_saved();  // load_session()

    // The reply whatever its status; an Error only when there is none.
    Result<Reply> call(const std::string& method, const std::string& target, const Json& body = nullptr);
    // As call(), but a status of 400 or above is the Error that the console gave.
    Result<Json> require(const std::string& method, const std::string& target, const Json& body = nullptr);

  private:
    ConsoleClient(ConsoleSession session, wire::HttpsClient client)
        : session_(std::move(session)), client_(std::move(client)) {}
    ConsoleSession session_;
    wire::HttpsClient client_;
};

// What a reply of status 400 or above says went wrong.
Error error_of(const Reply& reply);

std::string url_encoded(std::string_view text);

}  // namespace modelward::cli
