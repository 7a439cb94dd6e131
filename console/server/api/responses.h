// SPDX-License-Identifier: Apache-2.0
// The answers that every resource gives: JSON, and errors in the one shape of docs/rest-api.md.
#pragma once

#include <nlohmann/json.hpp>

#include "console/server/http/message.h"

namespace modelward::console {

using Json = nlohmann::ordered_json;

Response json_response(int status, const Json& json);
Response error_response(int status, const std::string& code, const std::string& message);
Response error_response(const Error& error);  // details of kIo and kInternal go to the log, not to the caller

// Reading a JSON body. kInvalid names the field.
Result<Json> parse_json_object(const std::string& text);
Result<std::string> string_field(const Json& object, const char* name);

}  // namespace modelward::console
