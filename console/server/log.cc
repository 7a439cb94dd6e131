// SPDX-License-Identifier: Apache-2.0
#include "console/server/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/printable.h"

namespace modelward::console {
namespace {

spdlog::logger& logger() {
    static const auto kLogger = spdlog::stderr_logger_mt("console");
    return *kLogger;
}

}  // namespace

void log_info(const std::string& text) {
    logger().info("{}", as_printable(text));
}
void log_error(const std::string& text) {
    logger().error("{}", as_printable(text));
}

}  // namespace modelward::console
