// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_report.h"

#include <gtest/gtest.h>

namespace modelward::cli {
namespace {

TEST(AuditReport, OneLineWithWhoWhereWhatAndDetail) {
    const auto row = audit_row({{"time_ms", 1'700'000'000'000},
                                {"actor", "alice"},
                                {"address", "192.0.2.1"},
                                {"action", "rules.publish"},
                                {"object", "bundle 7"},
                                {"detail", "9 rules"}});
    EXPECT_NE(row.find("alice             192.0.2.1        rules.publish             bundle 7: 9 rules\n"),
              std::string::npos)
        << row;
}

TEST(AuditReport, NoWordCommandsTheTerminalAndWhatIsMissingIsLeftOut) {
    EXPECT_EQ(audit_row({{"actor", "\x1b[2J\n"}}).find('\x1b'), std::string::npos);
    EXPECT_NE(audit_row({{"action", "session.refused"}, {"detail", "no such user"}}).find("  no such user\n"),
              std::string::npos);
}

}  // namespace
}  // namespace modelward::cli
