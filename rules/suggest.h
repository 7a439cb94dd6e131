// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the fix that a problem offers for a misspelt word.
//
// Optimal string alignment distance (Damerau 1964, restricted to adjacent swaps): one typing slip costs one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace modelward::rules {

std::size_t edit_distance(std::string_view a, std::string_view b);

// "did you mean 'artifact.class'?" when a candidate is near enough to be a slip (a third of its letters, at
// most three), otherwise "use one of: a, b, c"; empty when there is no candidate.
std::string suggest(std::string_view word, std::span<const std::string_view> candidates);
std::string suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace modelward::rules
