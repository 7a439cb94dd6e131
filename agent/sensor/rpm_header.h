// SPDX-License-Identifier: Apache-2.0
// The files that an RPM header names: what rpm's database keeps of each installed package. Big-endian: how
// many index entries, how many bytes of data, the entries of 16 bytes (tag, type, offset, count), the data.
// The format is "RPM Package format v4", section "Header format", of rpm's reference manual; of its tags
// three are read here. Thread-safe; holds nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace modelward::agent {

inline constexpr std::size_t kMostRpmHeader = 256U << 20;  // rpm's own limit for the data of a header
inline constexpr std::size_t kMostRpmEntries = 65'535;     // rpm's own limit
inline constexpr std::size_t kMostRpmFiles = 1'000'000;

// Absolute paths, links and folders among them; none for a package without files. kInvalid when the header
// breaks its format, kLimit beyond the limits above.
Result<std::vector<std::string>> files_of_rpm_header(std::string_view header);

}  // namespace modelward::agent
