// SPDX-License-Identifier: Apache-2.0
// A unix stream that answers questions: one line of JSON in, one line of JSON out, then the end. The control
// socket is for root only, the one for notices for everybody: there each user has a few places of their own
// and may ask so often, all together may ask so often, and the answer is made for the user whom the kernel
// names. A user's places and questions are those of who logged in, whatever they are since. Nobody is waited
// for: an answer that is not taken at once is sent on when there is room.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agent/loop/allowance.h"
#include "agent/loop/event_loop.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

inline constexpr std::size_t kMaxControlRequest = 4096;
inline constexpr std::size_t kMaxControlClients = 16;  // of the control socket
inline constexpr std::size_t kMaxClientsOfEverybody = 256;
inline constexpr std::size_t kMaxClientsOfOne = 4;  // of one user, where everybody may ask
inline constexpr std::size_t kMaxAsksOfOne = 300;   // in ten seconds, likewise
inline constexpr std::size_t kMaxAsksOfAll = 200;   // in a second; who comes then waits

class ControlServer {
  public:
    using Answer = std::function<nlohmann::json(const nlohmann::json& request, std::uint32_t uid)>;
    enum class For { kRoot, kEverybody };

    // Replaces a socket that an earlier run left. The directory is made with mode 0711 if it is missing.
    static Result<std::unique_ptr<ControlServer>> listen(EventLoop& loop, const std::filesystem::path& path,
                                                         For whom, Answer answer);
    ControlServer(const ControlServer&) = delete;
    ~ControlServer();

    std::uint64_t asked_too_often() const { return asked_too_often_; }

  private:
    struct Client {
        UniqueFd fd;
        std::uint32_t uid;
        std::uint32_t place;   // whose place it takes
        bool too_often;        // they asked
        std::uint64_t number;  // the order in which they came
        std::string request;
        std::string reply;     // while it is sent
        std::size_t sent = 0;  // of it
    };
    ControlServer(EventLoop& loop, std::filesystem::path path, UniqueFd fd, For whom, Answer answer)
        : loop_(&loop), path_(std::move(path)), fd_(std::move(fd)), whom_(whom), answer_(std::move(answer)) {}
    Result<void> open_the_door();
    void close_the_door_for_a_while();
    void make_room(std::uint32_t place);
    void accept();
    void ready(int fd);
    void receive(int fd, Client& client);
    void send_on(int fd, Client& client);
    void drop(int fd);
    std::string answer(const Client& client) const;

    EventLoop* loop_;
    std::filesystem::path path_;
    UniqueFd fd_;
    For whom_;
    Answer answer_;
    std::uint64_t came_ = 0;
    std::map<int, Client> clients_;
    UniqueFd timer_;  // until the door is opened again
    AllowanceOfEach<std::uint32_t> asks_of_each_{256, kMaxAsksOfOne, std::chrono::seconds(10)};
    Allowance asks_of_all_{kMaxAsksOfAll, std::chrono::seconds(1)};
    std::uint64_t asked_too_often_ = 0;
};

}  // namespace modelward::agent
