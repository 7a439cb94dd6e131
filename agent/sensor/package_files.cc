// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/package_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "rules/program_name.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostLines = 1'000'000;
constexpr const char* kEnd = ".list";

}  // namespace

std::vector<std::filesystem::path> lists_of_package(const std::string& name,
                                                    const std::filesystem::path& lists) {
    std::vector<std::filesystem::path> found;
    if (!rules::is_package_name(name)) return found;
    std::error_code error;
    for (std::filesystem::directory_iterator at(lists, error), end; !error && at != end;
         at.increment(error)) {
        const auto file = at->path().filename().string();
        // NAME.list, or NAME:ARCHITECTURE.list of what can be installed for several.
        if (file == name + kEnd || (file.starts_with(name + ":") && file.ends_with(kEnd)))
            found.push_back(at->path());
    }
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> programs_in_list(const std::filesystem::path& list) {
    std::vector<std::string> programs;
    std::ifstream file(list);
    std::string line;
    for (std::size_t count = 0; count < kMostLines && std::getline(file, line); ++count) {
        struct stat status{};
        // Links lead to files of other packages too (alternatives): what they lead to is named where it lies.
        if (line.starts_with('/') && ::lstat(line.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
            (status.st_mode & 0111) != 0)
            programs.push_back(line);
    }
    return programs;
}

}  // namespace modelward::agent
