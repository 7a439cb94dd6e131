// SPDX-License-Identifier: Apache-2.0
#include "rules/suggest.h"

#include <algorithm>
#include <vector>

namespace modelward::rules {
namespace {

constexpr std::size_t kMaxWordBytes = 64;  // longer words are no slip of a name; also bounds the table
constexpr std::size_t kMaxListed = 12;

std::string one_of(std::span<const std::string_view> candidates) {
    std::string text = "use one of: ";
    for (std::size_t i = 0; i < std::min(candidates.size(), kMaxListed); ++i) {
        if (i > 0) text += ", ";
        text += candidates[i];
    }
    if (candidates.size() > kMaxListed) text += ", ...";
    return text;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        table[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j)
        table[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
        }
    }
    return table[a.size()][b.size()];
}

std::string suggest(std::string_view word, std::span<const std::string_view> candidates) {
    if (candidates.empty()) return "";
    std::string_view best;
    std::size_t best_distance = 4;
    for (const std::string_view candidate : candidates) {
        if (word.size() > kMaxWordBytes || candidate.size() > kMaxWordBytes) continue;
        const std::size_t distance = edit_distance(word, candidate);
        const std::size_t bound = candidate.size() / 3;
        if (distance <= bound && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best.empty() ? one_of(candidates) : "did you mean '" + std::string(best) + "'?";
}

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
    const std::vector<std::string_view> views(candidates.begin(), candidates.end());
    return suggest(word, views);
}

}  // namespace modelward::rules
