// SPDX-License-Identifier: Apache-2.0
// The packets that names of destinations are learned from, made by hand: a TLS ClientHello (RFC 8446, 6066)
// and a DNS answer (RFC 1035).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelward::agent::testing {

inline std::string be16(std::size_t number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number)};
}

inline std::string tls_extension(std::size_t type, const std::string& content) {
    return be16(type) + be16(content.size()) + content;
}

inline std::string server_name(std::string_view host) {
    std::string entry = std::string(1, '\0') + be16(host.size());
    entry += host;
    return tls_extension(0, be16(entry.size()) + entry);
}

inline std::string client_hello(const std::string& extensions) {
    const std::string hello = std::string("\x03\x03") + std::string(32, 'r') + "\x20" + std::string(32, 's') +
                              be16(4) + "\x13\x01\x13\x02" + std::string("\x01\x00", 2) +
                              be16(extensions.size()) + extensions;
    const std::string handshake = std::string("\x01\x00", 2) + be16(hello.size()) + hello;
    return std::string("\x16\x03\x01") + be16(handshake.size()) + handshake;
}

// With what stands before and after the name in a browser's, a large key share included.
inline std::string client_hello_for(std::string_view host) {
    return client_hello(tls_extension(0x1a1a, "") + tls_extension(51, std::string(1216, 'k')) +
                        server_name(host) + tls_extension(16, std::string("\x00\x03\x02h2", 5)));
}

inline std::string dns_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('.'), name.size());
        wire += static_cast<char>(end);
        wire += name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return wire + '\0';
}

inline const std::string kAskedName("\xc0\x0c", 2);  // a pointer to the question

inline std::string dns_record(const std::string& owner, std::size_t type, const std::string& content) {
    return owner + be16(type) + be16(1) + std::string("\x00\x00\x00\x3c", 4) + be16(content.size()) + content;
}

inline std::string dns_answer(std::string_view asked, const std::vector<std::string>& records,
                              const std::string& flags = "\x81\x80") {
    std::string packet = "id" + flags + be16(1) + be16(records.size()) + be16(0) + be16(0) + dns_name(asked) +
                         be16(1) + be16(1);
    for (const auto& record : records)
        packet += record;
    return packet;
}

}  // namespace modelward::agent::testing
