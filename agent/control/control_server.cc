// SPDX-License-Identifier: Apache-2.0
#include "agent/control/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "agent/control/login_user.h"
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
    server->timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!server->timer_) return fail_errno("timerfd_create");
    if (auto opened = server->open_the_door(); !opened) return fail(opened.error());
    return server;
}

Result<void> ControlServer::open_the_door() {
    return loop_->add(fd_.get(), [this] { accept(); });
}

// Who comes meanwhile waits in the kernel, which costs the loop nothing.
void ControlServer::close_the_door_for_a_while() {
    const itimerspec once{{}, {1, 0}};
    const auto open_again = [this] {
        loop_->remove(timer_.get());
        static_cast<void>(open_the_door());
    };
    if (::timerfd_settime(timer_.get(), 0, &once, nullptr) == 0 && loop_->add(timer_.get(), open_again))
        loop_->remove(fd_.get());
}

ControlServer::~ControlServer() {
    for (const auto& [fd, client] : clients_)
        loop_->remove(fd);
    loop_->remove(fd_.get());
    loop_->remove(timer_.get());
    ::unlink(path_.c_str());
}

void ControlServer::accept() {
    const auto now = Allowance::Clock::now();
    const bool everybody = whom_ == For::kEverybody;
    if (everybody && !asks_of_all_.take(now)) return close_the_door_for_a_while();
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
    const auto place = everybody ? login_user(peer.pid, peer.uid) : peer.uid;
    const bool too_often = everybody && !asks_of_each_.take(place, now);
    if (too_often) ++asked_too_often_;
    make_room(place);
    const int raw = fd.get();
    if (loop_->add(raw, [this, raw] { ready(raw); }))
        clients_.emplace(raw, Client{.fd = std::move(fd),
                                     .uid = peer.uid,
                                     .place = place,
                                     .too_often = too_often,
                                     .number = ++came_,
                                     .request = {},
                                     .reply = {}});
}

// The longest waiting one gives way: of the same user where a user could otherwise take everybody's places.
void ControlServer::make_room(std::uint32_t place) {
    const auto oldest = [&](auto counts) {
        auto found = clients_.end();
        for (auto client = clients_.begin(); client != clients_.end(); ++client)
            if (counts(client->second) &&
                (found == clients_.end() || client->second.number < found->second.number))
                found = client;
        return found;
    };
    const auto same_user = [&](const Client& client) { return client.place == place; };
    const auto any = [](const Client&) { return true; };
    if (whom_ == For::kEverybody &&
        static_cast<std::size_t>(std::ranges::count_if(
            clients_, [&](const auto& client) { return same_user(client.second); })) >= kMaxClientsOfOne)
        drop(oldest(same_user)->first);
    if (clients_.size() >= (whom_ == For::kRoot ? kMaxControlClients : kMaxClientsOfEverybody))
        drop(oldest(any)->first);
}

void ControlServer::ready(int fd) {
    auto& client = clients_.at(fd);
    if (client.reply.empty())
        receive(fd, client);
    else
        send_on(fd, client);
}

void ControlServer::receive(int fd, Client& client) {
    std::array<char, kMaxControlRequest> bytes;
    const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return drop(fd);
    client.request.append(bytes.data(), static_cast<std::size_t>(size));
    const auto end = client.request.find('\n');
    if (end == std::string::npos && client.request.size() <= kMaxControlRequest) return;
    client.request.resize(std::min(end, client.request.size()));
    client.reply = answer(client);
    send_on(fd, client);
}

// What its socket does not take stays until it does; who never reads it loses their place to their next
// question.
void ControlServer::send_on(int fd, Client& client) {
    const ssize_t size = ::send(fd, client.reply.data() + client.sent, client.reply.size() - client.sent,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return drop(fd);
    client.sent += static_cast<std::size_t>(std::max<ssize_t>(size, 0));
    if (client.sent == client.reply.size() || !loop_->wait_to_write(fd)) drop(fd);
}

std::string ControlServer::answer(const Client& client) const {
    const std::string& request = client.request;
    json reply;
    if (client.too_often) {
        reply = {{"error", "this user asks too often; again in some seconds"}};
    } else if (request.size() > kMaxControlRequest) {
        reply = {{"error", "the request is too long"}};
    } else {
        const json parsed = json::parse(request, nullptr, false);
        const auto command = parsed.find("command");
        reply = command != parsed.end() && command->is_string()
                    ? answer_(parsed, client.uid)
                    : json{{"error", "the request is not a JSON object with a command"}};
    }
    return reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

void ControlServer::drop(int fd) {
    loop_->remove(fd);
    clients_.erase(fd);
}

}  // namespace modelward::agent
