// SPDX-License-Identifier: Apache-2.0
// A daemon is one receiver, however many connections bring the bytes; those of the desktop take more.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using ServiceTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    const int result = outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
    ::unlink(kTarget.c_str());
    return result;
}

sockaddr_un name_of(const std::string& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.data(), path.size());
    return name;
}

int send_over_one_connection(const std::string& model, const sockaddr_un& name, std::size_t bytes) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return 210;
    if (!read_model(model)) return 211;
    const std::vector<char> block(4096, 'w');
    for (std::size_t left = bytes; left > 0;) {
        const ssize_t sent = ::send(socket, block.data(), std::min(left, block.size()), 0);
        if (sent <= 0) return 212;
        left -= static_cast<std::size_t>(sent);
    }
    return 0;
}

// In a child: a daemon at `path` takes `connections`, each of `bytes` from a tainted process of its own, then
// goes to the stick.
int serve(const std::string& model, const std::string& path, int connections, std::size_t bytes) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    const int result = in_child([&] {
        const sockaddr_un name = name_of(path);
        const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
        if (::bind(listener, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return 220;
        if (::listen(listener, 1) != 0) return 221;
        for (int i = 0; i < connections; ++i) {
            const pid_t sender = ::fork();
            if (sender == 0) ::_exit(send_over_one_connection(model, name, bytes));
            const int peer = ::accept(listener, nullptr, nullptr);
            std::vector<char> buffer(1 << 16);
            while (::recv(peer, buffer.data(), buffer.size(), 0) > 0) {
            }
            ::close(peer);
            int status = 0;
            ::waitpid(sender, &status, 0);
            if (status != 0) return 222;
        }
        return try_stick();
    });
    std::filesystem::remove(path);
    return result;
}

TEST_F(ServiceTest, WhatManyConnectionsBringToOneNameAddsUp) {
    const std::string model = make_model("model");
    EXPECT_EQ(serve(model, "/run/first.sock", 1, kMinFlow / 2), 0);
    EXPECT_EQ(serve(model, "/run/second.sock", 2, kMinFlow / 2), EPERM);
}

TEST_F(ServiceTest, NamesThatADesktopLivesOnTakeMore) {
    const std::string model = make_model("model");
    EXPECT_EQ(serve(model, "/run/systemd/test/socket", 2, 64 * kMinFlow - 1), 0);
    EXPECT_EQ(serve(model, "/run/systemd/test/socket", 1, 64 * kMinFlow), EPERM);
    for (const char* path : {"/run/user/1000/bus", "/run/user/1000/wayland-0", "/run/user/1/pulse/native"}) {
        EXPECT_EQ(serve(model, path, 2, 16 * kMinFlow - 1), 0) << path;
        EXPECT_EQ(serve(model, path, 1, 16 * kMinFlow), EPERM) << path;
    }
    for (const char* path :
         {"/run/user/1000/docker.sock", "/run/user/bus", "/run/user/1000x/bus", "/run/user/1/busy"})
        EXPECT_EQ(serve(model, path, 1, kMinFlow), EPERM) << path;
}

}  // namespace

}  // namespace modelward::testing
