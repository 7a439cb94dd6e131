// SPDX-License-Identifier: Apache-2.0
// The control socket: a unix stream for root only; one line of JSON in, one line of JSON out, then the end.
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
inline constexpr std::size_t kMaxControlClients = 16;

class ControlServer {
  public:
    using Answer = std::function<nlohmann::json(const nlohmann::json& request)>;

    // Replaces a socket that an earlier run left. The directory is made with mode 0700 if it is missing.
    static Result<std::unique_ptr<ControlServer>> listen(EventLoop& loop, const std::filesystem::path& path,
                                                         Answer answer);
    ControlServer(const ControlServer&) = delete;
    ~ControlServer();

  private:
    struct Client {
        UniqueFd fd;
        std::string request;
    };
    ControlServer(EventLoop& loop, std::filesystem::path path, UniqueFd fd, Answer answer)
        : loop_(&loop), path_(std::move(path)), fd_(std::move(fd)), answer_(std::move(answer)) {}
    void accept();
    void readable(int fd);
    void drop(int fd);
    std::string answer(const std::string& request) const;

    EventLoop* loop_;
    std::filesystem::path path_;
    UniqueFd fd_;
    Answer answer_;
    std::map<int, Client> clients_;
};

}  // namespace modelward::agent
