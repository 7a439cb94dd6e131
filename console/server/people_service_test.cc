// SPDX-License-Identifier: Apache-2.0
// The people's port over a real socket: sign-in, incidents, the live stream, headers.
#include "console/server/people_service.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "console/server/clock.h"
#include "console/server/testing/events.h"
#include "console/server/testing/running_console.h"
#include "wire/bundle.h"
#include "wire/maintenance_token.h"

namespace modelward::console {
namespace {

using nlohmann::json;

class PeopleServiceTest : public testing::Test {
  protected:
    RunningConsole console_;
    Person person_{console_};
};

TEST_F(PeopleServiceTest, NothingWithoutASession) {
    for (const char* target : {"/api/v1/session", "/api/v1/incidents", "/api/v1/incidents/INC-000001",
                               "/api/v1/stream", "/api/v1/hosts", "/api/v1/artifacts", "/api/v1/rules"}) {
        EXPECT_EQ(person_.call("GET", target).status, 401) << target;
    }
    EXPECT_EQ(person_.call("POST", "/api/v1/enrollment-tokens", "{}").status, 401);
    EXPECT_EQ(person_.call("GET", "/healthz").body, R"({"status":"ok"})");
}

TEST_F(PeopleServiceTest, AMaintenanceTokenIsMadeForAHostThatIsKnown) {
    const std::string body = R"({"seconds":60,"reason":"a new disk","valid_minutes":5})";
    const std::string none = "/api/v1/hosts/00000000-0000-4000-8000-000000000000/maintenance-tokens";
    EXPECT_EQ(person_.call("POST", none, body).status, 401);
    ASSERT_EQ(person_.sign_in(), 200);
    EXPECT_EQ(person_.call("POST", none, body).status, 404);
    const Host host(console_);
    const std::string target = "/api/v1/hosts/" + host.id + "/maintenance-tokens";
    const auto made = person_.call("POST", target, body);
    ASSERT_EQ(made.status, 201) << made.body;
    const auto token = json::parse(made.body).at("token").get<std::string>();
    const auto& key = host.enrolled.bundle_public_key();
    const auto checked = wire::check_maintenance_token(
        token, *wire::bundle_public_key_from({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()}),
        host.id, unix_ms_now() / 1000);
    ASSERT_TRUE(checked) << checked.error().message();
    EXPECT_EQ(checked->issued_by(), "admin");
    EXPECT_EQ(checked->reason(), "a new disk");
    for (const char* wrong : {R"({"seconds":0,"reason":"x","valid_minutes":5})",
                              R"({"seconds":86401,"reason":"x","valid_minutes":5})",
                              R"({"seconds":60,"reason":"","valid_minutes":5})", R"({"seconds":60})", "[]"})
        EXPECT_EQ(person_.call("POST", target, wrong).status, 400) << wrong;
}

TEST_F(PeopleServiceTest, SigningInAndOut) {
    EXPECT_EQ(person_.sign_in("admin", "wrong password"), 401);
    EXPECT_EQ(person_.sign_in("nobody", "wrong password"), 401);
    const auto response =
        person_.call("POST", "/api/v1/session", R"({"username":"admin","password":"correct horse battery"})");
    const std::string cookie = response.header("Set-Cookie");
    for (const char* flag : {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"}) {
        EXPECT_NE(cookie.find(flag), std::string::npos) << cookie;
    }
    ASSERT_EQ(person_.sign_in(), 200);
    EXPECT_EQ(person_.call("GET", "/api/v1/session").body, R"({"username":"admin","role":"admin"})");
    EXPECT_EQ(person_.call("DELETE", "/api/v1/session").status, 204);
    EXPECT_EQ(person_.call("GET", "/api/v1/session").status, 401) << "the old cookie is worth nothing";
}

TEST_F(PeopleServiceTest, TheAuditLogSaysWhoDidWhatAndHoldsNoSecret) {
    EXPECT_EQ(person_.call("GET", "/api/v1/audit").status, 401);
    EXPECT_EQ(person_.sign_in("hunter2-typed-into-the-wrong-field", "wrong password"), 401);
    EXPECT_EQ(person_.sign_in("admin", "wrong password"), 401);
    ASSERT_EQ(person_.sign_in(), 200);
    const auto token =
        json::parse(person_.call("POST", "/api/v1/enrollment-tokens", R"({"valid_minutes":5})").body);
    const Host host(console_);
    const std::string maintenance = "/api/v1/hosts/" + host.id + "/maintenance-tokens";
    const auto opened = json::parse(
        person_.call("POST", maintenance, R"({"seconds":60,"reason":"a new disk","valid_minutes":5})").body);
    EXPECT_EQ(person_.call("DELETE", "/api/v1/hosts/" + host.id).status, 204);
    const auto answer = person_.call("GET", "/api/v1/audit");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json log = json::parse(answer.body);
    std::vector<std::string> actions;
    for (const json& entry : log["entries"])
        actions.push_back(entry["action"].get<std::string>());
    // RunningConsole made the host's token; init published the rules and added the user.
    EXPECT_EQ(actions,
              (std::vector<std::string>{"host.revoke", "maintenance-token.create", "host.enroll",
                                        "enrollment-token.create", "enrollment-token.create", "session.start",
                                        "session.refused", "session.refused", "rules.publish", "user.add"}));
    EXPECT_EQ(log["entries"][0]["actor"], "admin");
    EXPECT_EQ(log["entries"][0]["address"], "127.0.0.1");
    EXPECT_EQ(log["entries"][0]["object"], host.id);
    EXPECT_EQ(log["entries"][2]["actor"], "host:ws-17");
    EXPECT_EQ(log["entries"][6]["actor"], "admin");
    EXPECT_EQ(log["entries"][7]["actor"], "") << "what was typed may be a password";
    for (const std::string& secret : {token["token"].get<std::string>(), opened["token"].get<std::string>(),
                                      std::string(kTestPassword), std::string("hunter2")})
        EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret;
    EXPECT_EQ(json::parse(person_.call("GET", "/api/v1/audit?action=session.refused&limit=1").body)["total"],
              2);
    for (const char* wrong : {"?action=everything", "?limit=0", "?limit=501", "?cursor=x", "?from_ms=-1"})
        EXPECT_EQ(person_.call("GET", std::string("/api/v1/audit") + wrong).status, 400) << wrong;
}

TEST_F(PeopleServiceTest, GuessingIsSlowedDown) {
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(person_.sign_in("admin", "wrong password"), 401);
    const auto refused =
        person_.call("POST", "/api/v1/session", R"({"username":"admin","password":"correct horse battery"})");
    EXPECT_EQ(refused.status, 429) << "not even the right password is looked at";
    EXPECT_EQ(refused.header("Retry-After"), "1");
}

TEST_F(PeopleServiceTest, ANameThatNobodyCanHaveSlowsNobodyDown) {
    const std::string endless(10'000, 'a');
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(person_.sign_in(endless, "wrong password"), 401) << "never 429: nothing is kept of it";
}

TEST_F(PeopleServiceTest, EveryRefusedSignInIsInTheAuditLogSoonerOrLater) {
    for (int i = 0; i < 5; ++i)
        person_.sign_in("admin", "wrong password");
    person_.sign_in(std::string(10'000, 'a'), "wrong password");
    console_.advance(std::chrono::minutes(10));
    console_.restart();
    Person admin(console_);
    ASSERT_EQ(admin.sign_in(), 200);
    const json log = json::parse(admin.call("GET", "/api/v1/audit?action=session.refused").body);
    std::vector<std::string> details;
    for (const json& entry : log["entries"])
        details.push_back(entry["detail"].get<std::string>());
    EXPECT_EQ(details,
              (std::vector<std::string>{"too many tries, passwords not looked at: 3 more in ten minutes",
                                        "wrong password: 2 more in ten minutes", "wrong password"}));
}

// Agents share the workers; whoever floods the sign-in must not hold them. Here they are all held, and
// signing in still answers.
TEST_F(PeopleServiceTest, SigningInRunsOnWorkersOfItsOwn) {
    auto config = ConfigDatabase::open(console_.state().config_database(), false).value();
    TemporaryDirectory directory;
    auto events = EventStore::open(directory.path(), {.now_ms = [] { return kTestTimeMs; }}).value();
    const auto authority = load_authority(console_.state()).value();
    auto publisher = BundlePublisher::open(*config, load_bundle_key(console_.state()).value(), [] {
                         return kTestTimeMs;
                     }).value();
    IncidentStream stream;
    LoginBackoff backoff;
    Resources resources{*config, *events, *publisher, stream, backoff, authority, [] { return kTestTimeMs; }};
    boost::asio::thread_pool workers(1);
    boost::asio::thread_pool sign_in_workers(1);
    std::promise<void> release;
    boost::asio::post(workers, [held = release.get_future().share()] { held.wait(); });
    PeopleService service(resources, workers, sign_in_workers);
    Request request{.method = "POST", .path = "/api/v1/session"};
    request.headers.emplace_back("X-Requested-With", "modelward");
    request.body = R"({"username":"admin","password":"correct horse battery"})";
    boost::asio::io_context io;
    auto answered = boost::asio::co_spawn(io, service.handle(std::move(request)), boost::asio::use_future);
    io.run();
    EXPECT_EQ(answered.get().status, 200);
    release.set_value();
    workers.join();
    sign_in_workers.join();
}

// Publishing holds the database for as long as it takes; the I/O threads must not wait for it.
TEST_F(PeopleServiceTest, TheLimitOfABodyIsLookedUpOnAWorker) {
    auto config = ConfigDatabase::open(console_.state().config_database(), false).value();
    TemporaryDirectory directory;
    auto events = EventStore::open(directory.path(), {.now_ms = [] { return kTestTimeMs; }}).value();
    const auto authority = load_authority(console_.state()).value();
    auto publisher = BundlePublisher::open(*config, load_bundle_key(console_.state()).value(), [] {
                         return kTestTimeMs;
                     }).value();
    IncidentStream stream;
    LoginBackoff backoff;
    Resources resources{*config, *events, *publisher, stream, backoff, authority, [] { return kTestTimeMs; }};
    boost::asio::thread_pool workers(1);
    PeopleService service(resources, workers, workers);
    Request head{.method = "PUT", .path = "/api/v1/rules"};
    head.headers.emplace_back("Cookie", "modelward_session=nobodys");
    boost::asio::io_context io;
    std::future<std::size_t> limit;
    {
        const auto publishing = config->lock();
        limit = boost::asio::co_spawn(io, service.body_limit(head), boost::asio::use_future);
        io.poll();
        EXPECT_EQ(limit.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    }
    io.run();
    EXPECT_EQ(limit.get(), 64u << 10);
    workers.join();
}

TEST_F(PeopleServiceTest, ChangingCallsNeedTheHeaderThatForeignPagesCannotSend) {
    ASSERT_EQ(person_.sign_in(), 200);
    person_.sends_header = false;
    EXPECT_EQ(person_.call("POST", "/api/v1/enrollment-tokens", R"({"valid_minutes":5})").status, 403);
    EXPECT_EQ(person_.call("GET", "/api/v1/session").status, 200);
    person_.sends_header = true;
    EXPECT_EQ(person_.call("POST", "/api/v1/enrollment-tokens", R"({"valid_minutes":5})").status, 201);
}

TEST_F(PeopleServiceTest, EveryAnswerCarriesTheSecurityHeaders) {
    for (const char* target :
         {"/", "/healthz", "/api/v1/incidents", "/no/such/page", "/assets/no-such-file.js"}) {
        const auto response = person_.call("GET", target);
        EXPECT_NE(response.header("Content-Security-Policy").find("default-src 'self'"), std::string::npos)
            << target;
        EXPECT_NE(response.header("Content-Security-Policy").find("frame-ancestors 'none'"),
                  std::string::npos);
        EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff") << target;
        EXPECT_FALSE(response.header("Strict-Transport-Security").empty()) << target;
    }
}

TEST_F(PeopleServiceTest, ThePageAnswersEveryPathThatIsNoFileAndNoCall) {
    const auto page = person_.call("GET", "/incidents/INC-000042?tab=events");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.header("Cache-Control"), "no-cache");
    EXPECT_EQ(person_.call("GET", "/assets/no-such-file.js").status, 404);
    EXPECT_EQ(person_.call("GET", "/api/v1/no-such-call").status, 404);
    EXPECT_EQ(person_.call("PATCH", "/api/v1/session").status, 405);
    EXPECT_EQ(person_.call("HEAD", "/").body, "");
}

TEST_F(PeopleServiceTest, AnIncidentShowsWhoDidWhatWithWhatAndWhereTo) {
    Host host(console_);
    host.deliver(block_batch(1, 3));
    ASSERT_EQ(person_.sign_in(), 200);
    const json list = json::parse(person_.call("GET", "/api/v1/incidents").body);
    ASSERT_EQ(list["incidents"].size(), 1u);
    EXPECT_EQ(list["total"], 1);
    EXPECT_TRUE(list["next_cursor"].is_null());
    const json& incident = list["incidents"][0];
    EXPECT_EQ(incident["id"], "INC-000001");
    EXPECT_EQ(incident["verdict"], "block");
    EXPECT_EQ(incident["level"], "high");
    EXPECT_EQ(incident["host"]["name"], "ws-17");
    EXPECT_EQ(incident["user"]["name"], "alice");
    EXPECT_EQ(incident["process"]["name"], "cp");
    EXPECT_EQ(incident["artifact"]["name"], "llm-7b");
    EXPECT_EQ(incident["sink"]["kind"], "removable");
    EXPECT_EQ(incident["sink"]["device"]["serial"], "4C530001");
    EXPECT_TRUE(incident["sink"]["destination"].is_null());
    EXPECT_EQ(incident["count"], 3);
    EXPECT_EQ(incident["bytes_out"], 0);
    const json detail = json::parse(person_.call("GET", "/api/v1/incidents/INC-000001").body);
    EXPECT_EQ(detail["events"].size(), 3u);
    EXPECT_EQ(detail["events"][0]["sequence"], 3) << "newest first";
    EXPECT_EQ(detail["message"], "Ask the model's owner.");
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents/INC-000002").status, 404);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents/rubbish").status, 404);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents?limit=0").status, 400);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents?level=hihg").status, 400);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents?verdict=deny").status, 400);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents?level=high&verdict=block").status, 200);
    EXPECT_EQ(person_.call("GET", "/api/v1/incidents?cursor=x").status, 400);
    EXPECT_EQ(json::parse(person_.call("GET", "/api/v1/incidents?q=no%20such").body)["total"], 0);
}

TEST_F(PeopleServiceTest, AHostShowsItsStateAndItsEvents) {
    Host host(console_);
    wire::EventBatch batch = heartbeat();
    *batch.add_events() = agent_event(1, "bundle 9 refused: signature");
    batch.mutable_status()->set_sensor("lsm");
    batch.mutable_status()->set_bundle_error("signature");
    batch.mutable_status()->add_blind_spots("raw device writes");
    wire::Counter& counter = *batch.mutable_status()->add_counters();
    counter.set_name("events_lost_ring_full");
    counter.set_value(7);
    host.deliver(batch);
    ASSERT_EQ(person_.sign_in(), 200);
    const json shown = json::parse(person_.call("GET", "/api/v1/hosts").body)["hosts"][0];
    EXPECT_EQ(shown["sensor"], "lsm");
    EXPECT_EQ(shown["bundle_error"], "signature");
    EXPECT_EQ(shown["online"], true);
    EXPECT_EQ(shown["counters"]["events_lost_ring_full"], 7);
    EXPECT_EQ(shown["counters"]["console_events_accepted"], 1);
    EXPECT_EQ(shown["blind_spots"][0], "raw device writes");
    const json events =
        json::parse(person_.call("GET", "/api/v1/hosts/" + host.id + "/events").body)["events"];
    EXPECT_EQ(events[0]["reason"], "bundle 9 refused: signature");
    EXPECT_EQ(person_.call("GET", "/api/v1/hosts/no-such/events").status, 404);
}

TEST_F(PeopleServiceTest, TheStreamBringsAnIncidentWithoutAsking) {
    Host host(console_);
    ASSERT_EQ(person_.sign_in(), 200);
    wire::HttpsClient watching = console_.people_client();
    std::string seen;
    bool delivered = false;
    const auto on_body = [&](std::string_view bytes) {
        seen += bytes;
        // The first ping says that the subscription stands.
        if (!delivered && seen.find("event: ping") != std::string::npos) {
            delivered = true;
            host.deliver(block_batch(1, 1));
        }
        return seen.find("event: incident") == std::string::npos || !seen.ends_with("\n\n");
    };
    const auto response = watching.stream({.method = "GET",
                                           .target = "/api/v1/stream",
                                           .headers = {{"Cookie", "modelward_session=" + person_.cookie()}}},
                                          on_body);
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->header("Content-Type"), "text/event-stream");
    const std::size_t data = seen.find("data: {\"id\"");
    ASSERT_NE(data, std::string::npos) << seen;
    const json incident = json::parse(seen.substr(data + 6, seen.find('\n', data) - data - 6));
    EXPECT_EQ(incident["id"], "INC-000001");
    EXPECT_EQ(incident["host"]["name"], "ws-17");
}

// Reads the stream until the console ends it; `on_text` is called for each piece.
class OpenStream {
  public:
    OpenStream(const RunningConsole& console, const Person& person, std::function<void()> on_text) {
        wire::HttpsClient watching = console.people_client();
        const auto response =
            watching.stream({.method = "GET",
                             .target = "/api/v1/stream",
                             .headers = {{"Cookie", "modelward_session=" + person.cookie()}}},
                            [&](std::string_view) {
                                on_text();
                                return true;
                            });
        EXPECT_TRUE(response.has_value()) << response.error().message();
    }
};

TEST_F(PeopleServiceTest, AnOpenPageDoesNotKeepItselfSignedIn) {
    ASSERT_EQ(person_.sign_in(), 200);
    int pings = 0;
    OpenStream(console_, person_, [&] {
        if (++pings <= 13) console_.advance(std::chrono::hours(1));
    });
    EXPECT_GE(pings, 12);
    EXPECT_EQ(person_.call("GET", "/api/v1/session").status, 401);
}

TEST_F(PeopleServiceTest, AStreamThatIsNeverQuietEndsWithItsSession) {
    Host host(console_);
    ASSERT_EQ(person_.sign_in(), 200);
    std::atomic<std::uint64_t> sequence = 0;
    std::atomic<bool> ended = false;
    std::thread busy([&] {
        for (; !ended; ++sequence)
            host.deliver(block_batch(sequence + 1, sequence + 1));
    });
    OpenStream(console_, person_, [&] {
        if (sequence > 3) console_.advance(std::chrono::hours(24));
    });
    ended = true;
    busy.join();
}

TEST_F(PeopleServiceTest, BodiesAreLimitedMoreForStrangers) {
    EXPECT_EQ(person_.call("POST", "/api/v1/session", std::string(70'000, 'x')).status, 413);
    EXPECT_EQ(Person(console_).call("POST", "/api/v1/artifacts", std::string(70'000, 'x')).status, 413);
    Person signed_in(console_);
    ASSERT_EQ(signed_in.sign_in(), 200);
    EXPECT_EQ(signed_in.call("POST", "/api/v1/artifacts", std::string(70'000, 'x')).status, 400)
        << "read, but no JSON";
}

TEST_F(PeopleServiceTest, AStateDirectoryHasOneConsole) {
    const auto second =
        Console::open({.state = console_.state(), .listen = "127.0.0.1:0", .agents_listen = "127.0.0.1:0"});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::kConflict);
}

}  // namespace
}  // namespace modelward::console
