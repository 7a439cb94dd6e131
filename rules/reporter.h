// SPDX-License-Identifier: Apache-2.0
// Collects the problems of one document, so that an author sees all of them at once. Not thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rules.h"
#include "rules/yaml_tree.h"

namespace modelward::rules {

class Reporter {
  public:
    // `problems` outlives the reporter.
    Reporter(std::string document, std::vector<Problem>& problems)
        : document_(std::move(document)), problems_(problems), before_(problems.size()) {}

    // Beyond kMaxProblemsPerDocument one last problem says that there are more.
    void add(int line, int column, std::string reason, std::string fix = "");
    void add(const YamlNode& at, std::string reason, std::string fix = "");

    // Nothing was reported through this object.
    bool clean() const { return problems_.size() == before_; }
    const std::string& document() const { return document_; }

  private:
    std::string document_;
    std::vector<Problem>& problems_;
    std::size_t before_;
};

// The checks that every part of a document starts with. All report what is wrong and return nullptr, nullopt
// or false; `what` names the thing in the reason: "'level'", "'destination.port'".

// `node` is a map without keys other than `known`, and has all of `required`.
bool check_map(Reporter& report, const YamlNode& node, std::string_view what,
               std::span<const std::string_view> known, std::span<const std::string_view> required);

// `node` is text of 1 to `max_bytes` bytes without control characters (line breaks and tabs are allowed).
bool check_text(Reporter& report, const YamlNode& node, std::string_view what, std::size_t max_bytes);

// `node` is one of `values`; returns its index.
std::optional<std::size_t> check_word(Reporter& report, const YamlNode& node, std::string_view what,
                                      std::span<const std::string_view> values);

// `node` is a decimal number from `low` to `high`.
std::optional<std::uint32_t> check_number(Reporter& report, const YamlNode& node, std::string_view what,
                                          std::uint32_t low, std::uint32_t high);

// A scalar is a list of one; nullopt for a map, an empty list or a list of something other than scalars.
std::optional<std::vector<const YamlNode*>> check_values(Reporter& report, const YamlNode& node,
                                                         std::string_view what, std::size_t max_values);

// "'word'", long words cut and words with control characters withheld: safe to print wherever it came from.
std::string in_quotes(std::string_view word);

}  // namespace modelward::rules
