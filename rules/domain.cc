// SPDX-License-Identifier: Apache-2.0
#include "rules/domain.h"

#include <algorithm>

namespace modelward::rules {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

char small(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > kMaxDomainLabel) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::ranges::all_of(label, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || is_digit(letter) || letter == '-';
    });
}

}  // namespace

std::optional<std::string> parse_domain(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > kMaxDomainBytes) return std::nullopt;
    std::string domain(text);
    std::ranges::transform(domain, domain.begin(), small);
    std::string_view rest = domain;
    for (;;) {
        const std::size_t dot = rest.find('.');
        const std::string_view label = rest.substr(0, dot);
        if (!is_label(label)) return std::nullopt;
        if (dot == std::string_view::npos) {
            if (std::ranges::all_of(label, is_digit)) return std::nullopt;
            return domain;
        }
        rest.remove_prefix(dot + 1);
    }
}

std::string whole_name(std::string_view domain) {
    std::string prefix(domain.rbegin(), domain.rend());
    prefix.push_back('\0');
    return prefix;
}

std::string names_below(std::string_view domain) {
    std::string prefix(domain.rbegin(), domain.rend());
    prefix.push_back('.');
    return prefix;
}

std::string pattern_text(std::string_view prefix) {
    if (prefix.ends_with('\0')) prefix.remove_suffix(1);
    return {prefix.rbegin(), prefix.rend()};
}

DomainSet::DomainSet(std::vector<std::string> prefixes) : prefixes_(std::move(prefixes)) {
    std::ranges::sort(prefixes_);
    const auto repeated = std::ranges::unique(prefixes_);
    prefixes_.erase(repeated.begin(), repeated.end());
}

bool DomainSet::covers(std::string_view prefix) const {
    // Patterns end in a dot or a NUL, so only there can one end inside of another.
    for (std::size_t end = 1; end <= prefix.size(); ++end) {
        const char last = prefix[end - 1];
        if (last != '.' && last != '\0') continue;
        if (std::ranges::binary_search(prefixes_, prefix.substr(0, end), std::less<>{})) return true;
    }
    return false;
}

}  // namespace modelward::rules
