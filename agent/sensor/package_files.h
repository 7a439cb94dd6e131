// SPDX-License-Identifier: Apache-2.0
// Which programs a package brought to this host, by dpkg's lists. A host without dpkg has no packages here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace modelward::agent {

inline constexpr const char* kDpkgLists = "/var/lib/dpkg/info";

// The package's lists: one, or one for each architecture that it is installed for.
std::vector<std::filesystem::path> lists_of_package(const std::string& name,
                                                    const std::filesystem::path& lists = kDpkgLists);

// The regular files of a list that somebody may execute, as it names them.
std::vector<std::string> programs_in_list(const std::filesystem::path& list);

}  // namespace modelward::agent
