// SPDX-License-Identifier: Apache-2.0
#include "console/server/testing/openapi.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <regex>

namespace modelward::console {
namespace {

// "/api/v1/hosts/{id}" fits "/api/v1/hosts/abc".
bool fits(const std::string& pattern, const std::string& path) {
    static const std::regex kParameter("\\{[^}]*\\}");
    return std::regex_match(path, std::regex(std::regex_replace(pattern, kParameter, "[^/]+")));
}

}  // namespace

std::string undocumented(std::string_view method, std::string_view target, int status) {
    static std::mutex mutex;  // YAML's nodes are not thread-safe, not even for reading
    const std::lock_guard guard(mutex);
    static const YAML::Node kDocument = YAML::LoadFile(MODELWARD_OPENAPI);
    const std::string path(target.substr(0, target.find('?')));
    std::string lower(method);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& known : kDocument["paths"]) {
        if (!fits(known.first.as<std::string>(), path)) continue;
        const YAML::Node call = known.second[lower];
        if (!call) return status == 405 ? "" : "no such method is documented";
        if (call["responses"][std::to_string(status)]) return "";
        return "its document knows no status " + std::to_string(status);
    }
    return "";
}

}  // namespace modelward::console
