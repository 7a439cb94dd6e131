// SPDX-License-Identifier: Apache-2.0
// Every limit of the rule language. Beyond a limit the whole set is refused with a problem that names it;
// nothing is cut short in silence. docs/rules.md lists the same numbers for authors. (kMaxRules, kMaxClasses:
// policy.h.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace modelward::rules {

inline constexpr std::size_t kMaxDocumentBytes = 256 * 1024;        // one rule, or classes.yaml
inline constexpr std::size_t kMaxListBytes = 8 * 1024 * 1024;       // one lists/*.yaml
inline constexpr std::size_t kMaxDocuments = 1024;                  // files of one pack
inline constexpr std::size_t kMaxYamlDepth = 16;                    // nested lists and maps
inline constexpr std::size_t kMaxListEntries = 100'000;             // values of one list
inline constexpr std::size_t kMaxDestinations = 131'072;            // prefixes that a whole policy asks about
inline constexpr std::size_t kMaxDomains = 131'072;                 // names and ends of names, likewise
inline constexpr std::size_t kMaxPorts = 4096;                      // different ports, likewise
inline constexpr std::size_t kMaxUsers = 16'384;                    // different users, likewise
inline constexpr std::size_t kMaxPrograms = 1024;                   // different programs, likewise
inline constexpr std::size_t kMaxProgramBytes = 512;                // of a program's path
inline constexpr std::size_t kMaxSelections = 64;                   // named selections of one rule
inline constexpr std::size_t kMaxSelectionValues = 1024;            // values of one field of one selection
inline constexpr std::size_t kMaxConditionBytes = 4096;             // text of one condition
inline constexpr std::size_t kMaxConditionDepth = 32;               // nested parentheses and "not"
inline constexpr std::size_t kMaxRuleTests = 32;                    // modelward.tests of one rule
inline constexpr std::size_t kMaxTitleBytes = 256;                  // as Sigma
inline constexpr std::size_t kMaxMessageBytes = 1024;               // shown in a terminal
inline constexpr std::size_t kMaxTextBytes = 16 * 1024;             // description, falsepositives, ...
inline constexpr std::size_t kMaxProblemsPerDocument = 100;         // then one more says that there are more
inline constexpr std::uint64_t kMaxBudgetBytes = (1ULL << 40) - 1;  // what a kernel meter holds
inline constexpr std::uint64_t kMinRateBytes = 1024;                // of a throttle, a second
inline constexpr std::uint64_t kMaxRateBytes = 1ULL << 34;
inline constexpr int kMaxPriority = 1000;
inline constexpr std::uint32_t kMaxWindowSeconds = 366 * 86'400;

}  // namespace modelward::rules
