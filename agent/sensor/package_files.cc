// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/package_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "agent/sensor/rpm_database.h"
#include "rules/program_name.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostLines = 1'000'000;
constexpr const char* kEnd = ".list";

std::vector<std::filesystem::path> lists_of_package(const std::string& name,
                                                    const std::filesystem::path& lists) {
    std::vector<std::filesystem::path> found;
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

std::filesystem::path rpm_database(const PackageManagers& managers) {
    for (const auto& database : managers.rpm_databases)
        if (std::error_code error; std::filesystem::is_regular_file(database, error)) return database;
    return {};
}

// Links lead to files of other packages too (alternatives): what they lead to is named where it lies.
bool is_program(const std::string& path) {
    struct stat status{};
    return path.starts_with('/') && ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_mode & 0111) != 0;
}

void add_programs_in_list(const std::filesystem::path& list, std::vector<std::string>& programs) {
    std::ifstream file(list);
    std::string line;
    for (std::size_t count = 0; count < kMostLines && std::getline(file, line); ++count)
        if (is_program(line)) programs.push_back(line);
}

}  // namespace

std::vector<std::filesystem::path> sources_of_package(const std::string& name,
                                                      const PackageManagers& managers) {
    if (!rules::is_package_name(name)) return {};
    auto lists = lists_of_package(name, managers.dpkg_lists);
    return lists.empty() ? parts_of_rpm_database(rpm_database(managers)) : lists;
}

Result<std::vector<std::string>> programs_of_package(const std::string& name,
                                                     const std::vector<std::filesystem::path>& sources) {
    std::vector<std::string> programs;
    if (sources.empty()) return fail(ErrorCode::kNotFound, "no package '" + name + "' is installed");
    if (sources.front().extension() == kEnd) {
        for (const auto& list : sources)
            add_programs_in_list(list, programs);
        return programs;
    }
    const auto files = files_of_rpm_package(sources.front(), name);
    if (!files) return fail(files.error());
    std::ranges::copy_if(*files, std::back_inserter(programs), is_program);
    return programs;
}

}  // namespace modelward::agent
