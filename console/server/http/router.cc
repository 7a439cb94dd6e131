// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/router.h"

namespace modelward::console {
namespace {

std::string_view next_segment(std::string_view& path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string> parameters;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = next_segment(pattern);
        const std::string_view given = next_segment(path);
        if (wanted.starts_with('{') && !given.empty()) {
            parameters.push_back(percent_decoded(given));
        } else if (wanted != given) {
            return std::nullopt;
        }
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return parameters;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Access access, Handler handler) {
    routes_.push_back({std::move(method), std::move(pattern), access, std::move(handler)});
}

Found Router::find(std::string_view method, std::string_view path) const {
    Found found;
    for (const Route& route : routes_) {
        auto parameters = match(route.pattern, path);
        if (!parameters) continue;
        if (route.method == method || (method == "HEAD" && route.method == "GET")) {
            return {&route, false, std::move(*parameters)};
        }
        found.other_method = true;
    }
    return found;
}

}  // namespace modelward::console
