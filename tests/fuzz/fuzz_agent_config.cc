// SPDX-License-Identifier: Apache-2.0
// Any text as the agent's configuration: refused with the file's name, or within its limits.
#include <cstdlib>
#include <string_view>

#include "agent/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward::agent;
    const auto config = parse_config({reinterpret_cast<const char*>(data), size}, "agent.yaml");
    if (!config) {
        if (!config.error().message().starts_with("agent.yaml:")) std::abort();
        return 0;
    }
    if (config->heartbeat.count() < 1 || config->spool_block_reserve_bytes >= config->spool_max_bytes ||
        !config->state_dir.is_absolute())
        std::abort();
    return 0;
}
