// SPDX-License-Identifier: Apache-2.0
// rpm's list of installed packages, where it is kept in SQLite (rpm 4.16 and newer as Fedora and RHEL 9 build
// it; openSUSE keeps another format, which is not read). Nothing is written there, no lock is held between
// calls.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace modelward::agent {

// What has to be watched to know whether another answer would be given: the database and, where rpm is at
// work, its log. None where there is no such database.
std::vector<std::filesystem::path> parts_of_rpm_database(const std::filesystem::path& database);

// The files of every installed package of that name (several versions or architectures). kNotFound when none
// is.
Result<std::vector<std::string>> files_of_rpm_package(const std::filesystem::path& database,
                                                      const std::string& name);

}  // namespace modelward::agent
