// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

namespace modelward::cli {

void add_rules_commands(CLI::App& /*app*/, Context& /*context*/) {}

}  // namespace modelward::cli
