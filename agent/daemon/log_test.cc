// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <sstream>

namespace modelward::agent {
namespace {

TEST(Log, APathStaysInItsLineAndOffTheTerminal) {
    std::ostringstream written;
    spdlog::logger log("test", std::make_shared<spdlog::sinks::ostream_sink_st>(written));
    log.set_formatter(log_formatter());
    log.info("{}: {}", "/data/x\n2026-01-01T00:00:00.000 info: all is well\x1b[1A", "labelled");
    const std::string text = written.str();
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    EXPECT_THAT(text, testing::EndsWith(
                          " info: /data/x\\n2026-01-01T00:00:00.000 info: all is well\\x1b[1A: labelled\n"));
}

}  // namespace
}  // namespace modelward::agent
