// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <nlohmann/json.hpp>
#include <vector>

#include "agent/control/control_client.h"
#include "agent/control/control_server.h"
#include "agent/control/login_user.h"
#include "agent/control/socket_address.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using nlohmann::json;

struct ControlTest : ::testing::Test {
    TemporaryDirectory directory;
    std::filesystem::path socket = directory.path() / "run/agent.sock";
    EventLoop loop = std::move(*EventLoop::create());

    std::unique_ptr<ControlServer> serve(ControlServer::For whom = ControlServer::For::kRoot) {
        auto server = ControlServer::listen(loop, socket, whom, [](const json& request, std::uint32_t uid) {
            return json{{"echo", request}, {"uid", uid}};
        });
        EXPECT_TRUE(server) << server.error().message();
        return std::move(*server);
    }
    // Runs the loop while `ask` waits for its answer on another thread.
    template <typename Ask>
    auto while_serving(Ask ask) {
        auto outcome = std::async(std::launch::async, ask);
        EXPECT_TRUE(loop.every(std::chrono::milliseconds(1), [&] {
            if (outcome.wait_for(std::chrono::seconds(0)) == std::future_status::ready) loop.stop();
        }));
        EXPECT_TRUE(loop.run([] { return false; }));
        return outcome.get();
    }
    UniqueFd connected() const {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
        const auto address = socket_address(socket);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
        return fd;
    }
    std::string raw(const std::string& bytes) const {
        const UniqueFd fd = connected();
        EXPECT_EQ(::send(fd.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
        ::shutdown(fd.get(), SHUT_WR);
        std::string reply(10000, '\0');
        const auto size = ::recv(fd.get(), reply.data(), reply.size(), MSG_WAITALL);
        reply.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return reply;
    }
};

TEST_F(ControlTest, OneQuestionOneAnswer) {
    const auto server = serve();
    const auto answer = while_serving([&] { return ask_agent(socket, {{"command", "status"}}); });
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ((*answer)["echo"]["command"], "status");
}

TEST_F(ControlTest, TheSocketIsForItsOwnerOnly) {
    const auto server = serve();
    EXPECT_EQ(std::filesystem::status(socket).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ControlTest, EverybodysSocketTellsWhoAsks) {
    const auto server = serve(ControlServer::For::kEverybody);
    EXPECT_EQ(std::filesystem::status(socket).permissions(), static_cast<std::filesystem::perms>(0666));
    EXPECT_EQ(std::filesystem::status(socket.parent_path()).permissions(),
              static_cast<std::filesystem::perms>(0711));
    const auto answer = while_serving([&] { return ask_agent(socket, {{"command", "notices"}}); });
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ((*answer)["uid"], ::getuid());
}

TEST_F(ControlTest, WhoTakesMorePlacesThanAreTheirsLosesTheirOldest) {
    const auto server = serve(ControlServer::For::kEverybody);
    const auto closed = while_serving([&] {
        std::vector<UniqueFd> waiting;
        for (std::size_t i = 0; i <= kMaxClientsOfOne; ++i) {
            waiting.push_back(connected());
        }
        char byte = 0;
        return ::recv(waiting.front().get(), &byte, 1, 0) == 0 &&
               ::recv(waiting.back().get(), &byte, 1, MSG_DONTWAIT) < 0;
    });
    EXPECT_TRUE(closed);
}

TEST_F(ControlTest, ALongAnswerArrivesWholeAndHoldsNobodyUp) {
    const std::string text(3 << 20, 'x');  // more than a socket's buffer takes
    auto server = ControlServer::listen(loop, socket, ControlServer::For::kEverybody,
                                        [&](const json& request, std::uint32_t) {
                                            return request.contains("long") ? json{{"text", text}} : request;
                                        });
    ASSERT_TRUE(server);
    const auto sizes = while_serving([&] {
        const UniqueFd slow = connected();  // asks and does not read
        const std::string question = "{\"command\":\"x\",\"long\":1}\n";
        EXPECT_EQ(::send(slow.get(), question.data(), question.size(), 0), std::ssize(question));
        const auto other = ask_agent(socket, {{"command", "short"}});
        EXPECT_TRUE(other) << "somebody else is answered meanwhile";
        const auto whole = ask_agent(socket, {{"command", "x"}, {"long", 1}});
        return whole ? (*whole)["text"].get<std::string>().size() : 0;
    });
    EXPECT_EQ(sizes, text.size());
}

TEST_F(ControlTest, WhoAsksTooOftenIsToldSoAndCounted) {
    const auto server = serve(ControlServer::For::kEverybody);
    const auto refused = while_serving([&] {
        std::string last;
        for (std::size_t i = 0; i <= kMaxAsksOfOne && last.empty(); ++i)
            if (const auto answer = ask_agent(socket, {{"command", "notices"}}); !answer)
                last = answer.error().message();
        return last;
    });
    EXPECT_NE(refused.find("too often"), std::string::npos) << refused;
    EXPECT_EQ(server->asked_too_often(), 1u);
}

TEST_F(ControlTest, RootIsNotCounted) {
    const auto server = serve(ControlServer::For::kRoot);
    EXPECT_TRUE(while_serving([&] {
        for (std::size_t i = 0; i <= kMaxAsksOfOne; ++i)
            if (!ask_agent(socket, {{"command", "status"}})) return false;
        return true;
    }));
}

TEST_F(ControlTest, AUserIsWhoLoggedInAndWithoutALoginWhoTheyAre) {
    directory.write("7/loginuid", "1000");
    directory.write("8/loginuid", "4294967295");
    directory.write("9/loginuid", "nonsense");
    EXPECT_EQ(login_user(7, 100'005, directory.path()), 1000u);
    EXPECT_EQ(login_user(8, 33, directory.path()), 33u);
    EXPECT_EQ(login_user(9, 33, directory.path()), 33u);
    EXPECT_EQ(login_user(10, 33, directory.path()), 33u);
}

TEST_F(ControlTest, WhatIsNotJsonOrTooLongIsRefused) {
    const auto server = serve();
    for (const auto* request : {"status\n", "{\"command\":5}\n", "{}\n", "[\"command\"]\n"})
        EXPECT_NE(while_serving([&] { return raw(request); }).find("not a JSON object"), std::string::npos)
            << request;
    EXPECT_NE(while_serving([&] { return raw(std::string(5000, 'x')); }).find("too long"), std::string::npos);
    EXPECT_EQ(while_serving([&] { return raw("{\"half\":"); }), "");
}

TEST_F(ControlTest, ASocketThatWasLeftBehindIsReplaced) {
    directory.write("run/agent.sock", "");  // a killed agent removes nothing
    EXPECT_TRUE(std::filesystem::exists(socket));
    EventLoop second = std::move(*EventLoop::create());
    EXPECT_TRUE(ControlServer::listen(second, socket, ControlServer::For::kRoot,
                                      [](const json&, std::uint32_t) { return json::object(); }));
}

TEST_F(ControlTest, WithoutAnAgentTheClientSaysSo) {
    const auto answer = ask_agent(directory.path() / "absent.sock", json::object());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(answer.error().message().find("no agent is running"), std::string::npos);
}

TEST_F(ControlTest, APathThatNoSocketCanHaveIsAClearError) {
    EXPECT_EQ(ask_agent("/" + std::string(200, 'x'), json::object()).error().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace modelward::agent
