// SPDX-License-Identifier: Apache-2.0
// Host names as rules write them, and the one form that policy and kernel compare: reversed, in small
// letters, ended by a NUL ("moc.elpmaxe\0"). In it everything below a name begins alike ("moc.elpmaxe."), so
// that names are looked up as addresses are, by the longest prefix.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelward::rules {

inline constexpr std::size_t kMaxDomainBytes = 253;  // RFC 1035, without the last dot
inline constexpr std::size_t kMaxDomainLabel = 63;

// "Example.COM." becomes "example.com". nullopt: not letters, digits and hyphens (no hyphen at an end of a
// label) in labels of 1 to 63, or its last label is a number: that is an address.
std::optional<std::string> parse_domain(std::string_view text);

// What the reversed names of a pattern begin with. `domain` is parse_domain()'s.
std::string whole_name(std::string_view domain);   // the name itself
std::string names_below(std::string_view domain);  // all that end in a dot and the name

// "example.com" or ".example.com" again.
std::string pattern_text(std::string_view prefix);

// A set of patterns. Immutable.
class DomainSet {
  public:
    explicit DomainSet(std::vector<std::string> prefixes);

    const std::vector<std::string>& prefixes() const { return prefixes_; }  // sorted, distinct
    // One of the set's patterns holds for all names that begin with `prefix`.
    bool covers(std::string_view prefix) const;

  private:
    std::vector<std::string> prefixes_;
};

}  // namespace modelward::rules
