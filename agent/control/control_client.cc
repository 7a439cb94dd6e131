// SPDX-License-Identifier: Apache-2.0
#include "agent/control/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "agent/control/socket_address.h"
#include "base/unique_fd.h"

namespace modelward::agent {

using nlohmann::json;

Result<json> ask_agent(const std::filesystem::path& path, const json& request) {
    constexpr std::size_t kLongestReply = 4 << 20;
    auto address = socket_address(path);
    if (!address) return fail(address.error());
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail_errno("socket");
    const timeval patience{10, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        if (errno == EACCES || errno == EPERM)
            return fail(ErrorCode::kDenied, "only root may talk to the agent (" + path.string() + ")");
        if (errno == ENOENT || errno == ECONNREFUSED)
            return fail(ErrorCode::kUnavailable, "no agent is running (nobody listens on " + path.string() +
                                                     "); systemctl status modelward-agent may say why");
        return fail_errno("connect to " + path.string());
    }
    const std::string line = request.dump() + "\n";
    if (::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
        return fail_errno("send to the agent");
    std::string reply;
    std::array<char, 16384> bytes;
    for (;;) {
        const ssize_t size = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return fail(ErrorCode::kUnavailable, "the agent does not answer");
        if (size < 0) return fail_errno("receive from the agent");
        if (size == 0) break;
        reply.append(bytes.data(), static_cast<std::size_t>(size));
        if (reply.size() > kLongestReply) return fail(ErrorCode::kLimit, "the agent's answer is too long");
    }
    auto answer = json::parse(reply, nullptr, false);
    if (!answer.is_object()) return fail(ErrorCode::kInvalid, "the agent's answer is not a JSON object");
    if (const auto error = answer.find("error"); error != answer.end() && error->is_string())
        return fail(ErrorCode::kInvalid, error->get<std::string>());
    return answer;
}

}  // namespace modelward::agent
