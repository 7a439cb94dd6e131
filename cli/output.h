// SPDX-License-Identifier: Apache-2.0
// How the commands print what others chose: text through as_printable() (base/printable.h), JSON in ASCII,
// errors in one line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"

namespace modelward::cli {

// JSON for programs that a person may also look at: whatever is not ASCII is an escape, so that no word in it
// reaches the terminal as a command. Bytes that are not UTF-8 are replaced. Ends with a line feed.
template <typename Json>
std::string json_text(const Json& json, int indent = 2) {
    return json.dump(indent, ' ', true, Json::error_handler_t::replace) + "\n";
}

// "modelward: warning: " and the text on standard error; nothing where there is none.
void warn(const std::string& text);

// "modelward: " and the error's message on standard error. The message may hold names that others chose.
void complain(const Error& error);

}  // namespace modelward::cli
