// SPDX-License-Identifier: Apache-2.0
// IP addresses and prefixes in the one form that the policy and the kernel use: 16 bytes, IPv4 as v4-mapped
// IPv6 (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), so that an IPv4 prefix length is 96 more than it is
// written.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelward::rules {

using Address = std::array<std::uint8_t, 16>;

struct Prefix {
    Address address{};        // bits beyond `length` are zero
    std::uint8_t length = 0;  // 0..128

    bool contains(const Address& other) const;
    // Everything in `other` is in this prefix.
    bool contains(const Prefix& other) const { return length <= other.length && contains(other.address); }
    auto operator<=>(const Prefix&) const = default;
};

// "192.0.2.1", "2001:db8::1"; nothing else (no ports, zones, names or octal).
std::optional<Address> parse_address(std::string_view text);

// "192.0.2.0/24". Keeps bits beyond the length as written, so that the caller can refuse them: see masked().
std::optional<Prefix> parse_prefix(std::string_view text);

Prefix masked(const Prefix& prefix);

// As people write it: v4-mapped addresses come out as IPv4.
std::string to_string(const Address& address);
std::string to_string(const Prefix& prefix);

// A set of prefixes that answers in O(distinct lengths * log size). Immutable.
class PrefixSet {
  public:
    explicit PrefixSet(std::vector<Prefix> prefixes);

    const std::vector<Prefix>& prefixes() const { return prefixes_; }  // sorted, distinct
    // One of the set's prefixes contains the whole of `prefix`.
    bool covers(const Prefix& prefix) const;

  private:
    std::vector<Prefix> prefixes_;
    std::vector<std::uint8_t> lengths_;  // that occur, rising
};

}  // namespace modelward::rules
