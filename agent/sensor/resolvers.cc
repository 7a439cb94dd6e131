// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/resolvers.h"

#include <bpf/bpf.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace modelward::agent {

namespace {

constexpr auto kPause = std::chrono::seconds(10);
constexpr std::size_t kMaxFileBytes = 64 * 1024;

// The second is what systemd-resolved, which the first names then, asks in its turn.
constexpr std::array kFiles = {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"};

kernel::name_address key_of(const rules::Address& address) {
    kernel::name_address key{};
    std::ranges::copy(address, reinterpret_cast<std::uint8_t*>(&key));
    return key;
}

std::string beginning_of(std::istream& file) {
    std::string text(kMaxFileBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Also what an agent before this one put there.
std::vector<rules::Address> in_kernel(const KernelMaps& maps) {
    std::vector<rules::Address> all;
    kernel::name_address key{};
    for (const void* after = nullptr; ::bpf_map_get_next_key(maps.resolvers.get(), after, &key) == 0;
         after = &key)
        std::memcpy(all.emplace_back().data(), &key, sizeof key);
    return all;
}

bool put_network(const KernelMaps& maps) {
    struct stat status;
    if (::stat("/proc/self/ns/net", &status) != 0) return false;
    const std::uint32_t place = kernel::kTendedNetwork;
    const std::uint64_t number = status.st_ino;
    return ::bpf_map_update_elem(maps.tended.get(), &place, &number, BPF_ANY) == 0;
}

}  // namespace

std::set<rules::Address> nameservers_of(std::istream& resolv_conf) {
    std::set<rules::Address> found;
    for (std::string line; found.size() < kMaxNameservers && std::getline(resolv_conf, line);) {
        std::istringstream words(line);
        std::string word, address;
        if (!(words >> word >> address) || word != "nameserver") continue;
        address.resize(std::min(address.find('%'), address.size()));  // the interface of a link-local one
        if (const auto parsed = rules::parse_address(address)) found.insert(*parsed);
    }
    if (found.empty()) found = {*rules::parse_address("127.0.0.1"), *rules::parse_address("::1")};
    return found;
}

void Resolvers::tend(const KernelMaps& maps, Clock::time_point now) {
    if (now < next_) return;
    next_ = now + kPause;
    if (!network_known_ && !(network_known_ = put_network(maps))) ++failed_;
    std::set<rules::Address> found;
    for (const char* path : kFiles) {
        std::ifstream file(path);
        if (!file) continue;
        std::istringstream text(beginning_of(file));
        found.merge(nameservers_of(text));
    }
    if (found != known_) put(maps, found);
}

void Resolvers::put(const KernelMaps& maps, const std::set<rules::Address>& found) {
    constexpr std::uint8_t kYes = 1;
    bool done = true;
    for (const auto& address : in_kernel(maps)) {
        const auto key = key_of(address);
        if (!found.contains(address)) done = ::bpf_map_delete_elem(maps.resolvers.get(), &key) == 0 && done;
    }
    for (const auto& address : found) {
        const auto key = key_of(address);
        done = ::bpf_map_update_elem(maps.resolvers.get(), &key, &kYes, BPF_ANY) == 0 && done;
    }
    known_ = found;
    if (!done) ++failed_;
}

}  // namespace modelward::agent
