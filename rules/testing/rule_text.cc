// SPDX-License-Identifier: Apache-2.0
#include "rules/testing/rule_text.h"

namespace modelward::rules::testing {

std::string RuleText::text() const {
    return "title: " + title + "\nid: " + id + "\nlevel: " + level +
           "\nlogsource:\n  product: modelward\n  category: " + category +
           "\nmodelward:\n  action: " + action + "\n  message: Stopped.\n" + extension + "detection:\n" +
           detection + more;
}

Pack pack_of(const std::vector<RuleText>& rules) {
    Pack pack;
    pack.classes = {"classes.yaml",
                    "- {name: public, min_flow: 1GiB}\n- {name: internal, min_flow: 16MiB}\n"
                    "- {name: confidential, min_flow: 256KiB}\n- {name: restricted, min_flow: 64KiB}\n"};
    pack.lists.push_back(
        {"lists/approved.yaml", "name: approved\nkind: destinations\nvalues: [10.0.0.0/8, '::1']\n"});
    pack.lists.push_back(
        {"lists/known.yaml", "name: known\nkind: domains\nvalues: [example.org, .a.example.com]\n"});
    for (const RuleText& rule : rules) {
        pack.rules.push_back({"rule-" + std::to_string(pack.rules.size() + 1) + ".yaml", rule.text()});
    }
    return pack;
}

Pack pack_of(const RuleText& rule) {
    return pack_of(std::vector<RuleText>{rule});
}

std::string problems_of(const Pack& pack) {
    std::string text;
    for (const Problem& problem : load_policy(pack).problems) {
        if (!text.empty()) text += "\n";
        text += to_string(problem);
    }
    return text;
}

std::string problems_of(const RuleText& rule) {
    return problems_of(pack_of(rule));
}

}  // namespace modelward::rules::testing
