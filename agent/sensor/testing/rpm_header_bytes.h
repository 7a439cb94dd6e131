// SPDX-License-Identifier: Apache-2.0
// An RPM header as rpm's database keeps it, for tests: entries of any tag and type over data that the test
// chose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modelward::agent::testing {

inline std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(number >> shift);
    return bytes;
}

struct RpmEntry {
    std::uint32_t tag, type, count;
    std::string data;
};

inline std::string rpm_header(const std::vector<RpmEntry>& entries) {
    std::string index, data;
    for (const auto& entry : entries) {
        index += big_endian(entry.tag) + big_endian(entry.type) +
                 big_endian(static_cast<std::uint32_t>(data.size())) + big_endian(entry.count);
        data += entry.data;
    }
    return big_endian(static_cast<std::uint32_t>(entries.size())) +
           big_endian(static_cast<std::uint32_t>(data.size())) + index + data;
}

// A package with these files in one folder ("/usr/bin/").
inline std::string rpm_header_of(const std::string& folder, const std::vector<std::string>& names) {
    std::string all, indexes;
    for (const auto& name : names) {
        all += name + '\0';
        indexes += big_endian(0);
    }
    const auto count = static_cast<std::uint32_t>(names.size());
    return rpm_header({{1000, 6, 1, std::string("pack\0", 5)},
                       {1116, 4, count, indexes},
                       {1117, 8, count, all},
                       {1118, 8, 1, folder + '\0'}});
}

}  // namespace modelward::agent::testing
