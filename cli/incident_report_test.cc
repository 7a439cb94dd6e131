// SPDX-License-Identifier: Apache-2.0
#include "cli/incident_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/output.h"

namespace modelward::cli {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

Json detail() {
    return Json::parse(R"({
        "id": "INC-000042", "number": 42, "title": "Restricted weights to the network", "rule_id": "r-1",
        "level": "high", "verdict": "block", "status": "new",
        "host": {"id": "h", "name": "ws-12"},
        "user": {"id": 1001, "name": "alice", "login_name": "alice"},
        "process": {"pid": 4711, "name": "curl", "executable": "/usr/bin/curl",
                    "args": ["curl", "-T", "my model", "it's"]},
        "artifact": {"id": "a", "name": "Llama", "kind": "weights", "class": "restricted", "label": "confirmed"},
        "sink": {"kind": "network", "device": null,
                 "destination": {"ip": "203.0.113.7", "domain": "files.example.com", "port": 443, "transport": "tcp"}},
        "operation": "send", "path": "/data/llama.gguf",
        "bytes_requested": 4096, "bytes_out": 64, "budget_bytes": 128, "count": 3,
        "first_ms": 86400000, "last_ms": 172800000, "received_ms": 172800000,
        "message": "This connection was stopped.", "bundle_version": 17,
        "ancestors": [{"pid": 300, "name": "bash", "executable": "/usr/bin/bash", "args": ["bash", "-c", "x"]}],
        "artifacts": [{"id": "a", "name": "Llama", "kind": "weights", "class": "restricted",
                       "label": "confirmed"}],
        "events": []})");
}

TEST(IncidentReport, TellsEverythingThatAnAnalystAsksFor) {
    const std::string text = incident_text(detail());
    for (const char* fact :
         {"INC-000042  Restricted weights to the network", "block, high", "r-1, bundle 17",
          "This connection was stopped.", "send, 3 times", "1970-01-0", "/data/llama.gguf",
          "Llama (restricted weights; confirmed)", "network, files.example.com, 203.0.113.7:443/tcp",
          "4096 requested, 64 out, budget 128", "alice, uid 1001\n", "ws-12",
          R"(curl, pid 4711  /usr/bin/curl  curl -T 'my model' 'it'\''s')",
          "bash, pid 300  /usr/bin/bash  bash -c x"})
        EXPECT_THAT(text, HasSubstr(fact));
    EXPECT_THAT(text, HasSubstr("first"));
    EXPECT_THAT(text, HasSubstr("last"));
}

TEST(IncidentReport, NamesTheDevice) {
    Json incident = detail();
    incident["sink"] = {
        {"kind", "removable"},
        {"device", {{"vendor", "SanDisk"}, {"product", "Ultra"}, {"serial", "4C53"}, {"node", "sdb1"}}},
        {"destination", nullptr}};
    EXPECT_THAT(incident_text(incident), HasSubstr("removable, SanDisk Ultra, serial 4C53, /dev/sdb1\n"));
}

TEST(IncidentReport, NamesThePersonBehindAnotherAccountOnly) {
    Json incident = detail();
    incident["user"] = {{"id", 0}, {"name", "root"}, {"login_name", "alice"}};
    EXPECT_THAT(incident_text(incident), HasSubstr("root, uid 0, signed in as alice\n"));
    incident["user"] = {{"id", 0}, {"name", ""}, {"login_name", ""}};
    EXPECT_THAT(incident_text(incident), HasSubstr("user          uid 0\n"));
    EXPECT_THAT(incident_text(incident), Not(HasSubstr("signed in")));
}

TEST(IncidentReport, CopesWithAnIncidentWithoutFacts) {
    EXPECT_NO_THROW(incident_text(Json::object()));
    EXPECT_NO_THROW(incident_row(Json{{"host", 1}, {"process", nullptr}, {"last_ms", "x"}}));
}

// Replaces every string of the JSON.
void poison(Json& json, const std::string& with) {
    if (json.is_string()) json = with;
    if (json.is_structured())
        for (Json& part : json)
            poison(part, with);
}

TEST(IncidentReport, NoWordInItSteersTheTerminalOrForgesALine) {
    Json clean = detail(), poisoned = detail();
    poison(poisoned, "a\n\x1b[2J\u202E\u009b");
    for (const auto& report : {incident_row, incident_text}) {
        const std::string text = report(poisoned);
        EXPECT_EQ(std::ranges::count(text, '\n'), std::ranges::count(report(clean), '\n'));
        EXPECT_THAT(text, HasSubstr("a\\n\\x1b[2J\\u202e\\u009b"));
        for (const char* raw : {"\x1b", "\u202E", "\u009b"})
            EXPECT_THAT(text, Not(HasSubstr(raw)));
    }
}

TEST(IncidentReport, NorDoesTheJson) {
    const Json incident = {{"path", "\x1b\u202E\u009b\x7f ü"}};
    const std::string text = json_text(incident, -1);
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return (c >= ' ' && c < 0x7f) || c == '\n'; }))
        << text;
    EXPECT_EQ(Json::parse(text), incident);
}

}  // namespace
}  // namespace modelward::cli
