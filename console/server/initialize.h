// SPDX-License-Identifier: Apache-2.0
// Makes a console's state directory: keys, certificates, databases, the first user, the first bundle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "console/server/state_directory.h"

namespace modelward::console {

struct InitializeOptions {
    StateDirectory state{};
    std::vector<std::string> names{};       // for the server's certificate, besides localhost and 127.0.0.1
    std::optional<std::string> password{};  // of the user "admin"; generated when absent
    std::filesystem::path rules{};          // the pack of the first bundle
};

struct Initialized {
    std::optional<std::string> generated_password{};
    std::vector<std::string> names{};
    std::uint64_t bundle_version = 0;
};

// kConflict when the directory holds a console already. The rules are checked before anything is written.
Result<Initialized> initialize(const InitializeOptions& options);

}  // namespace modelward::console
