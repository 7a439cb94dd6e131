// SPDX-License-Identifier: Apache-2.0
#include "cli/rules_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace modelward::cli {
namespace {

CheckedPack good_pack() {
    CheckedPack pack{"packs/core", {}};
    pack.checked.policy.classes = {{"restricted", 65'536}};
    pack.checked.policy.rules = {
        {"id-1", "Network", rules::Level::kHigh, rules::Action::kBlock, 262'144, 86'400, "Stopped."},
        {"id-1", "Network", rules::Level::kHigh, rules::Action::kBlock, 262'144, 86'400, "Stopped."},
        {"id-2", "Read", rules::Level::kLow, rules::Action::kAlert, 0, 0, ""}};
    return pack;
}

CheckedPack bad_pack() {
    return {"packs/mine",
            {{}, {{"a.yaml", 3, 8, "unknown value 'hihg' for 'level'", "did you mean 'high'?"}}}};
}

TEST(RulesReport, ListsRulesAndWhereTheyAreEvaluated) {
    EXPECT_EQ(rules_text({good_pack()}),
              "ACTION  LEVEL  BUDGET          EVALUATED         TITLE\n"
              "block   high   256KiB per 24h  kernel (2 rules)  Network\n"
              "alert   low    -               kernel            Read\n"
              "packs/core: 2 rules, 1 class, no problems\n");
}

TEST(RulesReport, NamesProblemsByTheirPath) {
    EXPECT_EQ(rules_text({bad_pack()}),
              "packs/mine/a.yaml:3:8: unknown value 'hihg' for 'level' (did you mean 'high'?)\n"
              "packs/mine: 1 problem; nothing would be enforced\n");
}

TEST(RulesReport, SaysTheSameInJson) {
    const nlohmann::json good = rules_json({good_pack()});
    EXPECT_TRUE(good["ok"]);
    EXPECT_EQ(good["rules"].size(), 2U);
    EXPECT_EQ(good["rules"][0]["kernel_rules"], 2);
    EXPECT_EQ(good["rules"][0]["budget_bytes"], 262'144);
    const nlohmann::json bad = rules_json({good_pack(), bad_pack()});
    EXPECT_FALSE(bad["ok"]);
    EXPECT_EQ(bad["problems"][0]["document"], "packs/mine/a.yaml");
    EXPECT_EQ(bad["problems"][0]["line"], 3);
}

}  // namespace
}  // namespace modelward::cli
