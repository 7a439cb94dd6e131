// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mount_servers.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

namespace modelward::agent {

namespace {

bool parse_address(std::string text, kernel::server& out) {
    if (const auto scope = text.find('%'); scope != std::string::npos) text.resize(scope);
    if (::inet_pton(AF_INET6, text.c_str(), out.address) == 1) return true;
    std::uint8_t v4[4];
    if (::inet_pton(AF_INET, text.c_str(), v4) != 1) return false;
    std::memset(out.address, 0, 10);
    out.address[10] = out.address[11] = 0xff;
    std::memcpy(out.address + 12, v4, sizeof v4);
    return true;
}

std::optional<std::string> option(std::string_view options, std::string_view name) {
    for (const auto part : std::views::split(options, ',')) {
        const std::string_view one(part.begin(), part.end());
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
    }
    return std::nullopt;
}

std::uint32_t default_port(std::string_view type) {
    if (type == "nfs" || type == "nfs4") return 2049;
    if (type == "cifs" || type == "smb3" || type == "smbfs") return 445;
    return type == "9p" ? 564 : 0;
}

bool is_of_network(std::string_view type) {
    return default_port(type) != 0;
}

}  // namespace

std::map<std::uint32_t, kernel::server> servers_of(std::span<const Mount> mounts) {
    std::map<std::uint32_t, kernel::server> found;
    for (const auto& mount : mounts) {
        if (!is_of_network(mount.type)) continue;
        kernel::server server{};
        const auto address = option(mount.options, "addr");
        if (!address || !parse_address(*address, server)) continue;
        if (const auto port = option(mount.options, "port"))
            std::from_chars(port->data(), port->data() + port->size(), server.port);
        if (server.port == 0) server.port = default_port(mount.type);
        found[mount.device] = server;
    }
    return found;
}

}  // namespace modelward::agent
