// SPDX-License-Identifier: Apache-2.0
// Which programs a package brought to this host: by dpkg's lists, or by rpm's database where dpkg knows no
// such package.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace modelward::agent {

struct PackageManagers {
    std::filesystem::path dpkg_lists = "/var/lib/dpkg/info";
    // The first that there is: where Fedora keeps it now, and where it was and RHEL has it.
    std::vector<std::filesystem::path> rpm_databases = {"/usr/lib/sysimage/rpm/rpmdb.sqlite",
                                                        "/var/lib/rpm/rpmdb.sqlite"};
};

// The files that say what the package brought: as long as they are the same ones and were not written, so is
// the answer of programs_of_package. None: nothing here knows such a package.
std::vector<std::filesystem::path> sources_of_package(const std::string& name,
                                                      const PackageManagers& managers = {});

// The regular files of the package that somebody may execute, by its sources. kNotFound when it is not
// installed.
Result<std::vector<std::string>> programs_of_package(const std::string& name,
                                                     const std::vector<std::filesystem::path>& sources);

}  // namespace modelward::agent
