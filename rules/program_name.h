// SPDX-License-Identifier: Apache-2.0
// How rules and lists name programs: "/usr/bin/rsync" (the file that is found there),
// "/usr/bin/rsync@sha256:HEX" (the same, while it has that content), "package:rsync" (every program that the
// host's package of that name brought; rules write it as process.package: rsync).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelward::rules {

struct ProgramName {
    std::string path{};     // empty: a package
    std::string sha256{};   // lower-case hex; empty: any content
    std::string package{};  // empty: a path
};

inline constexpr std::string_view kPackagePrefix = "package:";

// A name of Debian's or RPM's: letters, digits, "+", ".", "_" and "-", beginning with a letter or digit. It
// becomes part of a file's name on the host, so nothing else gets through.
bool is_package_name(std::string_view name);

// Nothing when it is none of the three.
std::optional<ProgramName> parse_program_name(std::string_view text);

}  // namespace modelward::rules
