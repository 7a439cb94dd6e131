// SPDX-License-Identifier: Apache-2.0
// Host names in documents: each form is accepted only where it means what it says.
#pragma once

#include <optional>
#include <string>

#include "rules/domain.h"
#include "rules/reporter.h"

namespace modelward::rules {

// "example.com": that name; its pattern (whole_name()).
std::optional<std::string> check_domain(Reporter& report, const YamlNode& node);

// ".example.com", as Sigma's endswith has it: names below it; their pattern (names_below()).
std::optional<std::string> check_domain_end(Reporter& report, const YamlNode& node);

// Either of the two, as in lists.
std::optional<std::string> check_domain_or_end(Reporter& report, const YamlNode& node);

}  // namespace modelward::rules
