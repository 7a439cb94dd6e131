// SPDX-License-Identifier: Apache-2.0
// A secret that is not given as an argument, where every user of the host could see it.
#pragma once

#include <istream>
#include <string>

#include "base/error.h"

namespace modelward::cli {

// What the file holds, without the white space around it; "-" reads `standard_input` to its end. kNotFound,
// kIo, kLimit beyond 4 KiB, kInvalid when there is nothing.
Result<std::string> read_token(const std::string& path, std::istream& standard_input);

}  // namespace modelward::cli
