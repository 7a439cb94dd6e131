// SPDX-License-Identifier: Apache-2.0
#include "cli/rules_report.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/printable.h"
#include "rules/quantity.h"

namespace modelward::cli {
namespace {

using rules::KernelRule;

// A rule as its author knows it: several kernel rules may come from one.
struct RuleRow {
    const KernelRule* rule;
    std::size_t kernel_rules;
};

std::vector<RuleRow> rows_of(const rules::CompiledPolicy& policy) {
    std::vector<RuleRow> rows;
    for (const KernelRule& rule : policy.rules) {
        const auto same = [&](const RuleRow& row) { return row.rule->rule_id == rule.rule_id; };
        const auto found = std::ranges::find_if(rows, same);
        if (found == rows.end()) {
            rows.push_back({&rule, 1});
        } else {
            ++found->kernel_rules;
        }
    }
    return rows;
}

std::string budget_text(const KernelRule& rule) {
    if (rule.budget_bytes == 0) return "-";
    const std::string bytes = rules::format_bytes(rule.budget_bytes);
    return rule.window_seconds == 0 ? bytes : bytes + " per " + rules::format_seconds(rule.window_seconds);
}

std::string evaluated_text(const RuleRow& row) {
    return row.kernel_rules == 1 ? "kernel" : "kernel (" + std::to_string(row.kernel_rules) + " rules)";
}

using Line = std::array<std::string, 5>;

std::string table_text(const std::vector<Line>& lines) {
    std::array<std::size_t, std::tuple_size_v<Line>> widths{};
    for (const Line& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (const Line& line : lines) {
        std::string row;
        for (std::size_t i = 0; i < line.size(); ++i) {
            row += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
        }
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string summary_text(const rules::CompiledPolicy& policy) {
    std::vector<Line> lines{{"ACTION", "LEVEL", "BUDGET", "EVALUATED", "TITLE"}};
    for (const RuleRow& row : rows_of(policy)) {
        lines.push_back({std::string(to_string(row.rule->action)), std::string(to_string(row.rule->level)),
                         budget_text(*row.rule), evaluated_text(row), as_printable(row.rule->title)});
    }
    return table_text(lines);
}

rules::Problem with_path(rules::Problem problem, const std::filesystem::path& directory) {
    problem.document = (directory / problem.document).lexically_normal().string();
    return problem;
}

std::string count_text(std::size_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace

std::string rules_text(const std::vector<CheckedPack>& packs) {
    std::string text;
    for (const CheckedPack& pack : packs) {
        const std::vector<rules::Problem>& problems = pack.checked.problems;
        for (const rules::Problem& problem : problems)
            text += as_printable(to_string(with_path(problem, pack.directory))) + "\n";
        if (!problems.empty()) {
            text += as_printable(pack.directory.string()) + ": " +
                    count_text(problems.size(), "problem", "problems") + "; nothing would be enforced\n";
            continue;
        }
        text += summary_text(pack.checked.policy);
        text += as_printable(pack.directory.string()) + ": " +
                count_text(rows_of(pack.checked.policy).size(), "rule", "rules") + ", " +
                count_text(pack.checked.policy.classes.size(), "class", "classes") + ", no problems\n";
    }
    return text;
}

nlohmann::json rules_json(const std::vector<CheckedPack>& packs) {
    nlohmann::json problems = nlohmann::json::array();
    nlohmann::json rules = nlohmann::json::array();
    for (const CheckedPack& pack : packs) {
        for (const rules::Problem& found : pack.checked.problems) {
            const rules::Problem problem = with_path(found, pack.directory);
            problems.push_back({{"document", problem.document},
                                {"line", problem.line},
                                {"column", problem.column},
                                {"reason", problem.reason},
                                {"fix", problem.fix}});
        }
        if (!pack.checked.ok()) continue;
        for (const RuleRow& row : rows_of(pack.checked.policy)) {
            rules.push_back({{"id", row.rule->rule_id},
                             {"title", row.rule->title},
                             {"level", to_string(row.rule->level)},
                             {"action", to_string(row.rule->action)},
                             {"budget_bytes", row.rule->budget_bytes},
                             {"window_seconds", row.rule->window_seconds},
                             {"evaluated", "kernel"},
                             {"kernel_rules", row.kernel_rules}});
        }
    }
    const bool ok = problems.empty();
    return {{"ok", ok}, {"problems", std::move(problems)}, {"rules", std::move(rules)}};
}

}  // namespace modelward::cli
