// SPDX-License-Identifier: Apache-2.0
// The fields that a detection may test, and how their values are read.
#pragma once

#include <optional>
#include <span>

#include "rules/reporter.h"
#include "rules/rule.h"
#include "rules/vocabulary.h"

namespace modelward::rules {

struct FieldInfo {
    Field field;
    std::string_view name;
    std::span<const std::string_view> modifiers;  // accepted after '|'
    bool egress_only;                             // says something of a sink
    bool needs_destination;                       // says something of a destination
};

const FieldInfo& field_info(Field field);
std::span<const std::string_view> field_names();

// The field with this exact name, or nullptr.
const FieldInfo* find_field(std::string_view name);

// `node` names a program as program_name.h says; by its package only where `packages` are taken.
bool check_program(Reporter& report, const YamlNode& node, bool packages);

// "destination.ip|cidr: [...]". Reports and returns nullopt for an unknown field, modifier or value, and for
// a field that the category does not have.
std::optional<FieldTest> parse_field_test(Reporter& report, const YamlEntry& entry, Category category,
                                          const Vocabulary& vocabulary);

}  // namespace modelward::rules
