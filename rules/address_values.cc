// SPDX-License-Identifier: Apache-2.0
#include "rules/address_values.h"

#include <utility>

namespace modelward::rules {

std::optional<Address> check_address(Reporter& report, const YamlNode& node) {
    if (const std::optional<Address> address = parse_address(node.text)) return address;
    if (parse_prefix(node.text)) {
        report.add(node, in_quotes(node.text) + " is a prefix; 'destination.ip' compares whole addresses",
                   "write 'destination.ip|cidr'");
    } else {
        report.add(node, in_quotes(node.text) + " is no IPv4 or IPv6 address",
                   "write it like 192.0.2.1 or 2001:db8::1");
    }
    return std::nullopt;
}

std::optional<Prefix> check_prefix(Reporter& report, const YamlNode& node) {
    const std::optional<Prefix> prefix = parse_prefix(node.text);
    if (!prefix) {
        const std::optional<Address> address = parse_address(node.text);
        report.add(
            node,
            in_quotes(node.text) + (address ? " is an address without a prefix length" : " is no prefix"),
            address
                ? "write '" + node.text + "/" + (node.text.find(':') == std::string::npos ? "32'" : "128'")
                : "write it like 192.0.2.0/24 or 2001:db8::/32");
        return std::nullopt;
    }
    if (masked(*prefix) != *prefix) {
        report.add(node, in_quotes(node.text) + " has bits set beyond its length",
                   "did you mean '" + to_string(masked(*prefix)) + "'?");
        return std::nullopt;
    }
    return prefix;
}

std::optional<Prefix> check_address_or_prefix(Reporter& report, const YamlNode& node) {
    if (const std::optional<Address> address = parse_address(node.text)) return Prefix{*address, 128};
    if (node.text.find('/') != std::string::npos) return check_prefix(report, node);
    report.add(node, in_quotes(node.text) + " is no address or prefix",
               "write it like 192.0.2.1 or 2001:db8::/32");
    return std::nullopt;
}

}  // namespace modelward::rules
