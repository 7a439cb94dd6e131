// SPDX-License-Identifier: Apache-2.0
#include "rules/prefix.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace modelward::rules {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedHead{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

bool is_mapped(const Address& address) {
    return std::equal(kMappedHead.begin(), kMappedHead.end(), address.begin());
}

}  // namespace

bool Prefix::contains(const Address& other) const {
    const std::size_t whole_bytes = length / 8;
    if (!std::equal(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(whole_bytes),
                    address.begin())) {
        return false;
    }
    const unsigned rest = length % 8;
    if (rest == 0) return true;
    return ((other[whole_bytes] ^ address[whole_bytes]) >> (8 - rest)) == 0;
}

std::optional<Address> parse_address(std::string_view text) {
    const std::string terminated(text);  // inet_pton stops at a NUL: a text with one inside is no address
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    Address address{};
    if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
    if (inet_pton(AF_INET, terminated.c_str(), address.data() + kMappedHead.size()) != 1) return std::nullopt;
    std::ranges::copy(kMappedHead, address.begin());
    return address;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view head = text.substr(0, slash);
    const std::string_view tail = text.substr(slash + 1);
    const std::optional<Address> address = parse_address(head);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), length);
    if (!address || error != std::errc() || end != tail.data() + tail.size()) return std::nullopt;
    const bool written_as_ipv4 = head.find(':') == std::string_view::npos;
    if (length > (written_as_ipv4 ? 32U : 128U)) return std::nullopt;
    return Prefix{*address, static_cast<std::uint8_t>(written_as_ipv4 ? length + kMappedBits : length)};
}

Prefix masked(const Prefix& prefix) {
    Prefix result = prefix;
    for (std::size_t bit = prefix.length; bit < 128; ++bit) {
        result.address[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return result;
}

std::string to_string(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_mapped(address)) {
        inet_ntop(AF_INET, address.data() + kMappedHead.size(), text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    }
    return text.data();
}

std::string to_string(const Prefix& prefix) {
    const bool ipv4 = is_mapped(prefix.address) && prefix.length >= kMappedBits;
    return to_string(prefix.address) + "/" +
           std::to_string(ipv4 ? prefix.length - kMappedBits : prefix.length);
}

PrefixSet::PrefixSet(std::vector<Prefix> prefixes) : prefixes_(std::move(prefixes)) {
    std::ranges::sort(prefixes_);
    const auto repeated = std::ranges::unique(prefixes_);
    prefixes_.erase(repeated.begin(), repeated.end());
    std::array<bool, 129> seen{};
    for (const Prefix& prefix : prefixes_)
        seen[prefix.length] = true;
    for (std::size_t length = 0; length < seen.size(); ++length) {
        if (seen[length]) lengths_.push_back(static_cast<std::uint8_t>(length));
    }
}

bool PrefixSet::covers(const Prefix& prefix) const {
    return std::ranges::any_of(lengths_, [&](std::uint8_t length) {
        return length <= prefix.length &&
               std::ranges::binary_search(prefixes_, masked(Prefix{prefix.address, length}));
    });
}

}  // namespace modelward::rules
