// SPDX-License-Identifier: Apache-2.0
#include "base/command_line/unknown_command.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace modelward {
namespace {

// Levenshtein: insertions, deletions and replacements of one letter.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j)
            diagonal = std::exchange(
                row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1)}));
    }
    return row.back();
}

}  // namespace

std::optional<std::string> unknown_command(const CLI::App& app, std::span<char* const> arguments) {
    const CLI::App* here = &app;
    for (const std::string word : arguments) {
        if (word.starts_with('-')) continue;
        const auto commands = here->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty() || here->get_require_subcommand_min() == 0) return std::nullopt;
        const auto named = [&](const CLI::App* command) { return command->get_name() == word; };
        if (const auto found = std::ranges::find_if(commands, named); found != commands.end()) {
            here = *found;
            continue;
        }
        const auto near = std::ranges::min_element(
            commands, {}, [&](const CLI::App* command) { return distance(word, command->get_name()); });
        std::string sentence = "there is no command '" + word + "'";
        if (distance(word, (*near)->get_name()) <= 2)
            sentence += " (did you mean '" + (*near)->get_name() + "'?)";
        return sentence + "; --help lists them";
    }
    return std::nullopt;
}

}  // namespace modelward
