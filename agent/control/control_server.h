// SPDX-License-Identifier: Apache-2.0
// A unix stream that answers questions: one line of JSON in, one line of JSON out, then the end. The control
// socket is for root only, the one for notices for everybody: there each user has a few places of their own,
// and the answer is made for the user whom the kernel names.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agent/loop/event_loop.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

inline constexpr std::size_t kMaxControlRequest = 4096;
inline constexpr std::size_t kMaxControlClients = 16;  // of the control socket
inline constexpr std::size_t kMaxClientsOfEverybody = 256;
inline constexpr std::size_t kMaxClientsOfOne = 4;  // of one user, where everybody may ask

class ControlServer {
  public:
    using Answer = std::function<nlohmann::json(const nlohmann::json& request, std::uint32_t uid)>;
    enum class For { kRoot, kEverybody };

    // Replaces a socket that an earlier run left. The directory is made with mode 0711 if it is missing.
    static Result<std::unique_ptr<ControlServer>> listen(EventLoop& loop, const std::filesystem::path& path,
                                                         For whom, Answer answer);
    ControlServer(const ControlServer&) = delete;
    ~ControlServer();

  private:
    struct Client {
        UniqueFd fd;
        std::uint32_t uid;
        std::uint64_t number;  // the order in which they came
        std::string request;
    };
    ControlServer(EventLoop& loop, std::filesystem::path path, UniqueFd fd, For whom, Answer answer)
        : loop_(&loop), path_(std::move(path)), fd_(std::move(fd)), whom_(whom), answer_(std::move(answer)) {}
    void make_room(std::uint32_t uid);
    void accept();
    void readable(int fd);
    void drop(int fd);
    std::string answer(const std::string& request, std::uint32_t uid) const;

    EventLoop* loop_;
    std::filesystem::path path_;
    UniqueFd fd_;
    For whom_;
    Answer answer_;
    std::uint64_t came_ = 0;
    std::map<int, Client> clients_;
};

}  // namespace modelward::agent
