// SPDX-License-Identifier: Apache-2.0
// The rule language's front door: YAML documents in, a checked policy or an exact list of problems out.
//
// load_policy() never applies half of a set: any problem of severity error refuses the whole set. All
// functions are pure (no I/O except read_pack), throw nothing and may be called from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "rules/policy.h"

namespace modelward::rules {

// One YAML file as it arrives: from a directory, from a bundle, from an editor.
struct Document {
    std::string name;  // as shown in problems: "removable-media.yaml"
    std::string text;
};

// A pack by role. classes.yaml holds the classes; lists/*.yaml hold lists; everything else *.yaml is a rule.
struct Pack {
    Document classes;
    std::vector<Document> rules;
    std::vector<Document> lists;
};

struct Problem {
    std::string document;
    int line;            // 1-based; 0 when the document as a whole is meant
    int column;          // 1-based; 0 when unknown
    std::string reason;  // "unknown field 'artifact.clas'"
    std::string fix;     // "did you mean 'artifact.class'?"; may be empty
};

std::string to_string(const Problem& problem);  // "FILE:LINE:COLUMN: reason (fix)"

struct CheckedPolicy {
    CompiledPolicy policy;  // meaningful only if problems is empty
    std::vector<Problem> problems;
    bool ok() const { return problems.empty(); }
};

CheckedPolicy load_policy(const Pack& pack);

// Reads DIR/classes.yaml, DIR/*.yaml and DIR/lists/*.yaml in name order. kIo / kLimit / kNotFound.
Result<Pack> read_pack(const std::filesystem::path& directory);

}  // namespace modelward::rules
