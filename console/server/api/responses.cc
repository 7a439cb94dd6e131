// SPDX-License-Identifier: Apache-2.0
#include "console/server/api/responses.h"

#include "console/server/log.h"

namespace modelward::console {

Response json_response(int status, const Json& json) {
    Response response{.status = status, .content_type = "application/json"};
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return response;
}

Response error_response(int status, const std::string& code, const std::string& message) {
    return json_response(status, {{"error", {{"code", code}, {"message", message}}}});
}

Response error_response(const Error& error) {
    const std::string code(to_string(error.code()));
    if (error.code() == ErrorCode::kIo || error.code() == ErrorCode::kInternal) {
        log_error(error.message());
        return error_response(500, code, "the console failed; its log says why");
    }
    return error_response(http_status(error.code()), code, error.message());
}

Result<Json> parse_json_object(const std::string& text) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return fail(ErrorCode::kInvalid, "the body is not a JSON object");
    return json;
}

Result<std::string> string_field(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) {
        return fail(ErrorCode::kInvalid, std::string("'") + name + "' is missing or not a string");
    }
    return found->get<std::string>();
}

}  // namespace modelward::console
