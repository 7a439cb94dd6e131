// SPDX-License-Identifier: Apache-2.0
// Destination values in documents: each form is accepted only where it means what it says.
#pragma once

#include <optional>

#include "rules/prefix.h"
#include "rules/reporter.h"

namespace modelward::rules {

// "192.0.2.1": an address; a prefix is refused with the modifier that takes one.
std::optional<Address> check_address(Reporter& report, const YamlNode& node);

// "192.0.2.0/24": a prefix without bits beyond its length.
std::optional<Prefix> check_prefix(Reporter& report, const YamlNode& node);

// Either of the two, as in lists; an address is a prefix of its whole length.
std::optional<Prefix> check_address_or_prefix(Reporter& report, const YamlNode& node);

}  // namespace modelward::rules
