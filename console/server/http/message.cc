// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/message.h"

#include <algorithm>
#include <cctype>

#include "base/hex.h"

namespace modelward::console {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        default:
            return "Internal Server Error";
    }
}

// Calls `visit` with each part of `text` between separators, until it returns true.
template <typename Visit>
void each_part(std::string_view text, char separator, Visit visit) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (visit(text.substr(0, end))) return;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_ignoring_case(key, name)) return value;
    }
    return {};
}

std::string_view Request::cookie(std::string_view name) const {
    std::string_view found;
    each_part(header("cookie"), ';', [&](std::string_view part) {
        while (part.starts_with(' '))
            part.remove_prefix(1);
        if (!part.starts_with(name) || part.substr(name.size(), 1) != "=") return false;
        found = part.substr(name.size() + 1);
        return true;
    });
    return found;
}

std::string Request::parameter(std::string_view name) const {
    std::string found;
    each_part(query, '&', [&](std::string_view part) {
        const std::size_t equals = std::min(part.find('='), part.size());
        if (percent_decoded(part.substr(0, equals)) != name) return false;
        found = percent_decoded(part.substr(std::min(equals + 1, part.size())));
        return true;
    });
    return found;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && text.size() - i > 2) {
            if (const auto byte = from_hex(text.substr(i + 1, 2))) {
                decoded.push_back(static_cast<char>(byte->front()));
                i += 2;
                continue;
            }
        }
        decoded.push_back(text[i] == '+' ? ' ' : text[i]);
    }
    return decoded;
}

std::string_view Response::body_view() const {
    if (const auto* owned = std::get_if<std::string>(&body)) return *owned;
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return **shared;
    return std::get<std::string_view>(body);
}

std::string response_head(const Response& response, bool keep_alive) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason_phrase(response.status)).append("\r\n");
    for (const auto& [name, value] : response.headers)
        head.append(name).append(": ").append(value).append("\r\n");
    if (!response.content_type.empty())
        head.append("Content-Type: ").append(response.content_type).append("\r\n");
    // 204 and 304 have no body and no length (RFC 9110 section 8.6); a live stream ends with the connection.
    if (!response.live && response.status != 204 && response.status != 304) {
        head.append("Content-Length: ").append(std::to_string(response.body_view().size())).append("\r\n");
    }
    if (!keep_alive) head.append("Connection: close\r\n");
    return head.append("\r\n");
}

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
            return 400;
        case ErrorCode::kDenied:
            return 403;
        case ErrorCode::kNotFound:
            return 404;
        case ErrorCode::kConflict:
            return 409;
        case ErrorCode::kLimit:
            return 413;
        case ErrorCode::kUnsupported:
            return 422;
        case ErrorCode::kUnavailable:
            return 503;
        case ErrorCode::kIo:
        case ErrorCode::kInternal:
            return 500;
    }
    return 500;
}

}  // namespace modelward::console
