// SPDX-License-Identifier: Apache-2.0
// The words that rules may use: the classes of classes.yaml and the lists of lists/*.yaml.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/domain.h"
#include "rules/prefix.h"
#include "rules/rules.h"

namespace modelward::rules {

// Lists that mean something by their names alone.
inline constexpr std::string_view kExemptPrograms = "exempt_programs";    // of kind programs
inline constexpr std::string_view kApprovedStorage = "approved_storage";  // of kind devices

struct Vocabulary {
    std::vector<ClassInfo> classes;                                                // by number
    std::map<std::string, std::shared_ptr<const PrefixSet>, std::less<>> lists;    // destinations by name
    std::map<std::string, std::shared_ptr<const DomainSet>, std::less<>> domains;  // host names by name
    std::vector<std::string> exempt_programs;                                // paths: the list of that name
    std::map<std::string, std::vector<DevicePattern>, std::less<>> devices;  // lists of USB devices by name

    std::vector<std::string_view> class_names() const;
};

// What is wrong is added to `problems`; what is right is kept, so that rules are checked against it all the
// same.
Vocabulary parse_vocabulary(const Document& classes, const std::vector<Document>& lists,
                            std::vector<Problem>& problems);

}  // namespace modelward::rules
