// SPDX-License-Identifier: Apache-2.0
// Bytes that move through pipes and unix sockets without read(2) and write(2) carry their marks as well.
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <cstring>
#include <vector>

#include "tests/sensor/channels.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using ChannelTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    return outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
}

// The writer opens the model and fills the pipe; the reader, its untainted parent, takes the bytes out and
// goes to the stick.
using Fill = std::function<ssize_t(int model, int pipe, std::size_t bytes)>;
using Take = std::function<ssize_t(int pipe, std::size_t bytes)>;

int pass_on(const std::string& model, std::size_t bytes, const Fill& fill, const Take& take) {
    const Channel pipe = large_pipe();
    const int filled = in_child([&] {
        const int file = ::open(model.c_str(), O_RDONLY);
        return fill(file, pipe.write, bytes) == static_cast<ssize_t>(bytes) ? 0 : 211;
    });
    if (filled != 0) return filled;
    if (take(pipe.read, bytes) != static_cast<ssize_t>(bytes)) return 212;
    const int result = try_stick();
    ::unlink(kTarget.c_str());
    return result;
}

ssize_t write_bytes(int, int pipe, std::size_t bytes) {
    const std::vector<char> block(bytes, 'w');
    return ::write(pipe, block.data(), bytes);
}

ssize_t read_bytes(int pipe, std::size_t bytes) {
    std::vector<char> block(bytes);
    std::size_t done = 0;
    for (ssize_t got; done < bytes && (got = ::read(pipe, block.data(), bytes - done)) > 0;)
        done += static_cast<std::size_t>(got);
    return static_cast<ssize_t>(done);
}

TEST_F(ChannelTest, WhateverFillsAPipeMarksIt) {
    const std::string model = make_model("model");
    const std::pair<const char*, Fill> ways[] = {
        {"write", write_bytes},
        {"splice", [](int file, int pipe,
                      std::size_t bytes) { return ::splice(file, nullptr, pipe, nullptr, bytes, 0); }},
        {"sendfile",
         [](int file, int pipe, std::size_t bytes) { return ::sendfile(pipe, file, nullptr, bytes); }},
        {"tee",
         [](int file, int pipe, std::size_t bytes) {
             const Channel first = large_pipe();
             write_bytes(file, first.write, bytes);
             return ::tee(first.read, pipe, bytes, 0);
         }},
        {"splice from pipe to pipe",
         [](int file, int pipe, std::size_t bytes) {
             const Channel first = large_pipe();
             write_bytes(file, first.write, bytes);
             return ::splice(first.read, nullptr, pipe, nullptr, bytes, 0);
         }},
    };
    for (const auto& [name, fill] : ways) {
        EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow - 1, fill, read_bytes); }), 0) << name;
        EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow, fill, read_bytes); }), EPERM) << name;
    }
}

TEST_F(ChannelTest, WhoSplicesOutOfAUnixStreamCarriesItsMarks) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] {
                  const Channel pair = large_socket_pair();
                  const int sent = in_child([&] {
                      return read_model(model) && write_bytes(0, pair.write, kMinFlow) > 0 ? 0 : 214;
                  });
                  if (sent != 0) return sent;
                  const Channel own = large_pipe();
                  if (::splice(pair.read, nullptr, own.write, nullptr, kMinFlow, 0) <= 0) return 215;
                  return try_stick();
              }),
              EPERM);
}

// Fresh sockets, each below min_flow: the pieces of one user add up, as those of files do.
TEST_F(ChannelTest, ASocketPairForEachPieceIsOneFlow) {
    const std::string model = make_model("model");
    forget_pieces();
    EXPECT_EQ(in_child([&] {
                  for (int i = 0; i < 12; ++i) {
                      const Channel pair = large_socket_pair();
                      const int sent = in_child([&] {
                          return read_model(model) && write_bytes(0, pair.write, kMinFlow - 1) > 0 ? 0 : 214;
                      });
                      if (sent != 0) return sent;
                      read_bytes(pair.read, kMinFlow - 1);
                      ::close(pair.read);
                      ::close(pair.write);
                  }
                  return try_stick();
              }),
              EPERM);
    forget_pieces();
}

// No hook sees it: its entry is judged, as more than any pipe holds.
TEST_F(ChannelTest, VmspliceMarksAPipe) {
    const std::string model = make_model("model");
    const Fill vmsplice = [](int, int pipe, std::size_t bytes) {
        std::vector<char> block(bytes, 'w');
        const iovec part{block.data(), bytes};
        return ::vmsplice(pipe, &part, 1, 0);
    };
    EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow, vmsplice, read_bytes); }), EPERM);
}

// The splice begins before there is anything in the pipe.
TEST_F(ChannelTest, WhoWaitsAtAnEmptyPipeWithSpliceCarriesItsMarks) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    EXPECT_EQ(in_child([&] {
                  const Channel pipe = large_pipe();
                  const pid_t writer = ::fork();
                  if (writer == 0) {
                      ::usleep(300'000);
                      ::_exit(read_model(model) && write_bytes(0, pipe.write, kMinFlow) > 0 ? 0 : 1);
                  }
                  const int to = ::open(copy.c_str(), O_WRONLY);
                  if (::splice(pipe.read, nullptr, to, nullptr, 1 << 20, 0) <= 0) return 230;
                  ::waitpid(writer, nullptr, 0);
                  return try_stick();
              }),
              EPERM);
}

TEST_F(ChannelTest, WhoMovesAPipesBytesOnCarriesItsMarks) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    const Take splice_to_file = [&](int pipe, std::size_t bytes) {
        const int to = ::open(copy.c_str(), O_WRONLY);
        return ::splice(pipe, nullptr, to, nullptr, bytes, 0);
    };
    const Take tee_away = [](int pipe, std::size_t bytes) {
        return ::tee(pipe, large_pipe().write, bytes, 0);
    };
    EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow - 1, write_bytes, splice_to_file); }), 0);
    EXPECT_FALSE(label_of(copy));
    EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow, write_bytes, splice_to_file); }), EPERM);
    EXPECT_TRUE(label_of(copy));
    EXPECT_EQ(in_child([&] { return pass_on(model, kMinFlow, write_bytes, tee_away); }), EPERM);
}

TEST_F(ChannelTest, APipeAtTheAddressOfAMarkedOneStartsClean) {
    const std::string model = make_model("model");
    const Fill one_byte = [](int, int pipe, std::size_t) { return ::write(pipe, "x", 1); };
    for (int round = 0; round < 20; ++round) {
        ASSERT_EQ(in_child([&] { return pass_on(model, kMinFlow, write_bytes, read_bytes); }), EPERM);
        ASSERT_EQ(in_child([&] { return pass_on(model, 1, one_byte, read_bytes); }), 0);
    }
}

// Neither end is connected.
int send_datagrams_by_name(const std::string& model, std::size_t last_bytes) {
    constexpr std::size_t kParts = 16, kPart = kMinFlow / kParts;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path + 1, "modelward", 9);
    const auto* address = reinterpret_cast<const sockaddr*>(&name);
    const socklen_t length = offsetof(sockaddr_un, sun_path) + 10;
    const int receiver = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(receiver, address, length) != 0) return 220;
    const pid_t sender = ::fork();
    if (sender == 0) {
        const std::vector<char> block(kPart, 'w');
        const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        if (!read_model(model)) ::_exit(200);
        for (std::size_t i = 0; i < kParts; ++i) {
            const std::size_t bytes = i + 1 < kParts ? kPart : last_bytes;
            if (::sendto(socket, block.data(), bytes, 0, address, length) < 0) ::_exit(201);
        }
        ::_exit(0);
    }
    std::vector<char> block(kPart);
    for (std::size_t i = 0; i < kParts; ++i)
        if (::recv(receiver, block.data(), block.size(), 0) < 0) return 221;
    int status = 0;
    ::waitpid(sender, &status, 0);
    const int result = status == 0 ? try_stick() : 222;
    ::unlink(kTarget.c_str());
    return result;
}

TEST_F(ChannelTest, AReceiverOfUnconnectedDatagramsIsTaintedPastMinFlow) {
    const std::string model = make_model("model");
    EXPECT_EQ(in_child([&] { return send_datagrams_by_name(model, kMinFlow / 16 - 1); }), 0);
    EXPECT_EQ(in_child([&] { return send_datagrams_by_name(model, kMinFlow / 16); }), EPERM);
}

}  // namespace

}  // namespace modelward::testing
