// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cstdio>

#include "base/printable.h"

namespace modelward::cli {

void warn(const std::string& text) {
    if (!text.empty()) std::fprintf(stderr, "modelward: warning: %s\n", as_printable(text).c_str());
}

void complain(const Error& error) {
    std::fprintf(stderr, "modelward: %s\n", as_printable(error.message()).c_str());
}

}  // namespace modelward::cli
