// SPDX-License-Identifier: Apache-2.0
// One YAML document as a plain tree whose every node knows its line and column.
//
// Built from yaml-cpp's events, not its Node: so that anchors, aliases, tags, duplicate keys, deep nesting
// and second documents are refused where they stand, before they cost memory. Throws nothing; yaml-cpp's
// exceptions end here.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rules.h"

namespace modelward::rules {

struct YamlEntry;

struct YamlNode {
    enum class Type { kNull, kScalar, kList, kMap };

    Type type = Type::kNull;
    int line = 0;                    // 1-based
    int column = 0;                  // 1-based
    std::string text;                // kScalar
    bool quoted = false;             // kScalar: written in quotes or as a block
    std::vector<YamlNode> items;     // kList
    std::vector<YamlEntry> entries;  // kMap, in the order of the document; keys are scalars and distinct

    bool is_null() const { return type == Type::kNull; }
    bool is_scalar() const { return type == Type::kScalar; }
    bool is_list() const { return type == Type::kList; }
    bool is_map() const { return type == Type::kMap; }

    // The value of a key of a map, or nullptr.
    const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
    YamlNode key;
    YamlNode value;
};

// The first thing wrong with the document as YAML, or its tree. `max_bytes` is a limit of limits.h.
std::expected<YamlNode, Problem> parse_yaml(const Document& document, std::size_t max_bytes);

}  // namespace modelward::rules
