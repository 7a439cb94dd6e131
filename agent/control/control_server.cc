// SPDX-License-Identifier: Apache-2.0
#include "agent/control/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "agent/control/socket_address.h"

namespace modelward::agent {

using nlohmann::json;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(EventLoop& loop,
                                                             const std::filesystem::path& path, For whom,
                                                             Answer answer) {
    // Everybody passes through, nobody lists it: what lies there says itself who may open it.
    const auto folder = path.parent_path();
    const bool made = ::mkdir(folder.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return fail_errno("create " + folder.string());
    if (made && ::chmod(folder.c_str(), 0711) != 0)
        return fail_errno("open the way through " + folder.string());
    auto address = socket_address(path);
    if (!address) return fail(address.error());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno("socket");
    ::unlink(path.c_str());
    const mode_t mask = ::umask(whom == For::kRoot ? 0177 : 0111);
    const int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
    ::umask(mask);
    if (bound != 0 || ::listen(fd.get(), 8) != 0) return fail_errno("listen on " + path.string());
    std::unique_ptr<ControlServer> server(
        new ControlServer(loop, path, std::move(fd), whom, std::move(answer)));
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
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
    make_room(peer.uid);
    const int raw = fd.get();
    if (loop_->add(raw, [this, raw] { readable(raw); }))
        clients_.emplace(raw, Client{std::move(fd), peer.uid, ++came_, {}});
}

// The longest waiting one gives way: of the same user where a user could otherwise take everybody's places.
void ControlServer::make_room(std::uint32_t uid) {
    const auto oldest = [&](auto counts) {
        auto found = clients_.end();
        for (auto client = clients_.begin(); client != clients_.end(); ++client)
            if (counts(client->second) &&
                (found == clients_.end() || client->second.number < found->second.number))
                found = client;
        return found;
    };
    const auto same_user = [&](const Client& client) { return client.uid == uid; };
    const auto any = [](const Client&) { return true; };
    if (whom_ == For::kEverybody &&
        static_cast<std::size_t>(std::ranges::count_if(
            clients_, [&](const auto& client) { return same_user(client.second); })) >= kMaxClientsOfOne)
        drop(oldest(same_user)->first);
    if (clients_.size() >= (whom_ == For::kRoot ? kMaxControlClients : kMaxClientsOfEverybody))
        drop(oldest(any)->first);
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
    const std::string reply = answer(client.request.substr(0, end), client.uid);
    // A reply is some ten KiB and fits into an empty socket's buffer.
    static_cast<void>(!::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL));
    drop(fd);
}

std::string ControlServer::answer(const std::string& request, std::uint32_t uid) const {
    json reply;
    if (request.size() > kMaxControlRequest) {
        reply = {{"error", "the request is too long"}};
    } else {
        const json parsed = json::parse(request, nullptr, false);
        const auto command = parsed.find("command");
        reply = command != parsed.end() && command->is_string()
                    ? answer_(parsed, uid)
                    : json{{"error", "the request is not a JSON object with a command"}};
    }
    return reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

void ControlServer::drop(int fd) {
    loop_->remove(fd);
    clients_.erase(fd);
}

}  // namespace modelward::agent
