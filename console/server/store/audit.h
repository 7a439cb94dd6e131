// SPDX-License-Identifier: Apache-2.0
// Who did what on this console. Entries are written in the transaction of the change that they tell of, and
// the database itself refuses to change or replace one, to slip one in between, or to remove one that is
// younger than the retention. No entry holds a secret, or what somebody typed who could not sign in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/server/store/config_database.h"

namespace modelward::console {

// Who acts: a signed-in user and the address that they come from, "root@console" for the program's own
// command line, "host:NAME" for what a host's agent does: a host chooses its name, and no user's has a colon.
struct Actor {
    std::string name{};
    std::string address{};  // empty: on the console's own machine
};

// Of the person who runs this program, by the name of their login.
Actor local_actor();

struct AuditEntry {
    std::int64_t number = 0;  // grows; never used again
    std::int64_t time_ms = 0;
    std::string actor{}, address{};
    std::string action{};  // "rules.publish"
    std::string object{};  // what it was done to
    std::string detail{};
};

// All that there are, for the filter and the page.
inline constexpr std::string_view kAuditActions[] = {"session.start",
                                                     "session.refused",
                                                     "session.end",
                                                     "rules.publish",
                                                     "artifact.add",
                                                     "enrollment-token.create",
                                                     "maintenance-token.create",
                                                     "host.enroll",
                                                     "host.revoke",
                                                     "user.add",
                                                     "user.password"};

struct AuditFilter {
    std::string actor{}, action{};  // exactly; empty: all
    std::string text{};             // in actor, address, object or detail
    std::optional<std::int64_t> from_ms{}, to_ms{};
};

struct AuditPage {
    std::vector<AuditEntry> entries{};  // newest first
    std::optional<std::int64_t> next{};
    std::int64_t total = 0;
};

// Within the caller's transaction, or as one of its own. Long words are cut.
Result<void> append_audit(Database& database, std::int64_t now_ms, const Actor& actor,
                          std::string_view action, std::string_view object, std::string_view detail);

// Entries with a number below `before`, if that is given. Counting a long log takes a while, in which nobody
// waits who does not read it.
Result<AuditPage> audit_page(ConfigDatabase& config, const AuditFilter& filter,
                             std::optional<std::int64_t> before, std::size_t limit);

// Removes what became older than `time_ms` since the last time; how many there were. None until the clock has
// run for two weeks without a jump, looked at weekly or more often: one that was set forward must not age the
// whole log. Nor what was written while the clock was behind the last removal.
Result<std::int64_t> remove_audit_before(ConfigDatabase& config, std::int64_t time_ms, std::int64_t now_ms);

extern const char kAuditSchema[], kAuditSchema3[];  // of config_database.cc

}  // namespace modelward::console
