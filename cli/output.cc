// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cstdio>

#include "base/printable.h"

namespace modelward::cli {

void complain(const Error& error) {
    std::fprintf(stderr, "modelward: %s\n", as_printable(error.message()).c_str());
}

}  // namespace modelward::cli
