// SPDX-License-Identifier: Apache-2.0
#include "rules/domain_values.h"

#include "rules/prefix.h"

namespace modelward::rules {
namespace {

std::string fix_for(std::string_view text) {
    if (parse_address(text) || parse_prefix(text)) return "addresses belong to 'destination.ip'";
    if (text.starts_with("*."))
        return "write 'destination.domain|endswith: " + std::string(text.substr(1)) + "'";
    if (text.find("://") != std::string_view::npos || text.find('/') != std::string_view::npos)
        return "write the name alone: the kernel sees no path";
    if (text.find(':') != std::string_view::npos)
        return "write the name alone, and the port as 'destination.port'";
    return "write it like example.com, names of other letters as xn--...";
}

std::nullopt_t no_name(Reporter& report, const YamlNode& node) {
    report.add(node, in_quotes(node.text) + " is no host name", fix_for(node.text));
    return std::nullopt;
}

}  // namespace

std::optional<std::string> check_domain(Reporter& report, const YamlNode& node) {
    if (const auto domain = parse_domain(node.text)) return whole_name(*domain);
    if (node.text.starts_with('.') && parse_domain(std::string_view(node.text).substr(1))) {
        report.add(node,
                   in_quotes(node.text) + " begins with a dot; 'destination.domain' compares whole names",
                   "write 'destination.domain|endswith'");
        return std::nullopt;
    }
    return no_name(report, node);
}

std::optional<std::string> check_domain_end(Reporter& report, const YamlNode& node) {
    if (node.text.starts_with('.')) return check_domain_or_end(report, node);
    if (const auto domain = parse_domain(node.text)) {
        report.add(node, in_quotes(node.text) + " does not begin with a dot: other names end in it too",
                   "write '." + *domain + "' for the names below it");
        return std::nullopt;
    }
    return no_name(report, node);
}

std::optional<std::string> check_domain_or_end(Reporter& report, const YamlNode& node) {
    const std::string_view text = node.text;
    const bool below = text.starts_with('.');
    const auto domain = parse_domain(below ? text.substr(1) : text);
    if (!domain) return no_name(report, node);
    return below ? names_below(*domain) : whole_name(*domain);
}

}  // namespace modelward::rules
