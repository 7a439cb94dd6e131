// SPDX-License-Identifier: Apache-2.0
#include "agent/control/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "agent/control/socket_address.h"

namespace modelward::agent {

using nlohmann::json;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(EventLoop& loop,
                                                             const std::filesystem::path& path,
                                                             Answer answer) {
    if (::mkdir(path.parent_path().c_str(), 0700) != 0 && errno != EEXIST)
        return fail_errno("create " + path.parent_path().string());
    auto address = socket_address(path);
    if (!address) return fail(address.error());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno("socket");
    ::unlink(path.c_str());
    const mode_t mask = ::umask(0177);
    const int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
    ::umask(mask);
    if (bound != 0 || ::listen(fd.get(), 8) != 0) return fail_errno("listen on " + path.string());
    std::unique_ptr<ControlServer> server(new ControlServer(loop, path, std::move(fd), std::move(answer)));
    if (auto added = loop.add(server->fd_.get(), [raw = server.get()] { raw->accept(); }); !added)
        return fail(added.error());
    return server;
}

ControlServer::~ControlServer() {
    for (const auto& [fd, client] : clients_)
        loop_->remove(fd);
    loop_->remove(fd_.get());
    ::unlink(path_.c_str());
}

void ControlServer::accept() {
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    if (clients_.size() >= kMaxControlClients) drop(clients_.begin()->first);
    const int raw = fd.get();
    if (loop_->add(raw, [this, raw] { readable(raw); })) clients_[raw].fd = std::move(fd);
}

void ControlServer::readable(int fd) {
    auto& client = clients_.at(fd);
    std::array<char, kMaxControlRequest> bytes;
    const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return drop(fd);
    client.request.append(bytes.data(), static_cast<std::size_t>(size));
    const auto end = client.request.find('\n');
    if (end == std::string::npos && client.request.size() <= kMaxControlRequest) return;
    const std::string reply = answer(client.request.substr(0, end));
    // A reply is a few KiB and fits into an empty socket's buffer.
    static_cast<void>(!::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL));
    drop(fd);
}

std::string ControlServer::answer(const std::string& request) const {
    json reply;
    if (request.size() > kMaxControlRequest) {
        reply = {{"error", "the request is too long"}};
    } else {
        const json parsed = json::parse(request, nullptr, false);
        const auto command = parsed.find("command");
        reply = command != parsed.end() && command->is_string()
                    ? answer_(parsed)
                    : json{{"error", "the request is not a JSON object with a command"}};
    }
    return reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

void ControlServer::drop(int fd) {
    loop_->remove(fd);
    clients_.erase(fd);
}

}  // namespace modelward::agent
