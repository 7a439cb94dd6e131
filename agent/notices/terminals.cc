// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/terminals.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "agent/enrich/process_stat.h"
#include "agent/enrich/user_names.h"
#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostInAWhile = 3;
constexpr seconds kWhile{10};
constexpr seconds kSameTopic{30};
constexpr seconds kLeaveAlone{300};
constexpr std::size_t kMostTerminals = 256;
constexpr std::size_t kMostTopics = 64;
// devpts is mounted early: far more than stands before it, except where somebody arranged it otherwise.
constexpr std::size_t kMostMountBytes = 256 << 10;

constexpr unsigned kFirstPty = 136, kLastPty = 143;  // Unix98 pseudo terminals (Linux' devices.txt)
constexpr unsigned kConsole = 4, kFirstSerial = 64;

// As the kernel prints it: the low byte of the minor, the major, the rest of the minor.
dev_t device_of(std::uint32_t printed) {
    return makedev((printed >> 8) & 0xFFF, (printed & 0xFF) | ((printed >> 12) & 0xFFF00));
}

bool is_pty(dev_t device) {
    return major(device) >= kFirstPty && major(device) <= kLastPty;
}

std::string path_of(dev_t device) {
    if (is_pty(device))
        return "/dev/pts/" + std::to_string((major(device) - kFirstPty) * 256 + minor(device));
    if (major(device) != kConsole) return "";
    return minor(device) < kFirstSerial ? "/dev/tty" + std::to_string(minor(device))
                                        : "/dev/ttyS" + std::to_string(minor(device) - kFirstSerial);
}

// The kernel writes a list of mounts piece by piece, so what is not read costs nothing.
std::string beginning_of(std::ifstream& file) {
    std::string text(kMostMountBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Who of those the event names still lives, and the list of what is mounted where it stands: to follow a path
// of the process may wait for whoever serves its file systems. Opened at once and read when it is needed: it
// stays when the process ends.
struct Living {
    ProcessStat stat;
    std::ifstream mounts;
};

std::optional<Living> living(const KernelProcess& process) {
    const auto stat = process_stat(process.pid, process.start_boot_ns);
    if (!stat) return std::nullopt;
    // What is ended and not yet waited for has a number, and no mounts any more: whoever was stopped often
    // ends while this looks.
    std::ifstream mounts("/proc/" + std::to_string(process.pid) + "/mountinfo", std::ios::binary);
    if (!mounts) return std::nullopt;
    return Living{*stat, std::move(mounts)};
}

std::optional<Living> nearest_living(const KernelEvent& event) {
    if (auto found = living(event.process)) return found;
    for (const auto& ancestor : event.ancestors)
        if (auto found = living(ancestor)) return found;
    return std::nullopt;
}

// Every instance of devpts numbers its terminals from 0: the same number in a container is another terminal.
// A process that has this one mounted speaks of it.
bool has_mounted(std::ifstream& mountinfo, dev_t file_system) {
    std::istringstream mounts(beginning_of(mountinfo));
    const std::string wanted = std::to_string(major(file_system)) + ":" + std::to_string(minor(file_system));
    for (std::string line, word; std::getline(mounts, line);) {
        std::istringstream words(line);
        if (words >> word >> word >> word && word == wanted) return true;
    }
    return false;
}

bool is_theirs(uid_t owner, const KernelProcess& process) {
    return owner == process.uid || (process.login_uid != kNoUser && owner == process.login_uid);
}

}  // namespace

Terminals::Terminal& Terminals::terminal_of(const Key& key, Clock::time_point now) {
    if (!terminals_.contains(key) && terminals_.size() >= kMostTerminals)
        terminals_.erase(
            std::ranges::min_element(terminals_, {}, [](const auto& known) { return known.second.last; }));
    auto& terminal = terminals_[key];
    terminal.last = now;
    return terminal;
}

bool Terminals::may_tell(Terminal& terminal, const std::string& topic, Clock::time_point now) {
    std::erase_if(terminal.topics, [&](const auto& known) { return now - known.second >= kSameTopic; });
    while (!terminal.told.empty() && now - terminal.told.front() >= kWhile)
        terminal.told.pop_front();
    if (terminal.told.size() >= kMostInAWhile || terminal.topics.size() >= kMostTopics ||
        terminal.topics.contains(topic))
        return false;
    terminal.told.push_back(now);
    terminal.topics[topic] = now;
    return true;
}

Terminals::Outcome Terminals::tell(const KernelEvent& event, const std::string& topic,
                                   const std::string& text, Clock::time_point now) {
    const auto& process = event.process;
    const auto user = process.login_uid != kNoUser ? process.login_uid : process.uid;
    if (!of_each_.take(user, now) || !of_all_.take(now)) return Outcome::kHeldBack;
    auto reached = nearest_living(event);
    if (!reached || reached->stat.terminal == 0) return Outcome::kNoTerminal;
    const dev_t device = device_of(reached->stat.terminal);
    const auto path = path_of(device);
    if (path.empty()) return Outcome::kNoTerminal;
    auto& terminal = terminal_of({device, reached->stat.session}, now);
    if (now < terminal.leave_alone_until) return Outcome::kGivenUp;
    if (!may_tell(terminal, topic, now)) return Outcome::kHeldBack;
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISCHR(status.st_mode) || status.st_rdev != device)
        return Outcome::kNoTerminal;
    if (!is_theirs(status.st_uid, process)) return Outcome::kNotTheirs;
    if (is_pty(device) && !has_mounted(reached->mounts, status.st_dev)) return Outcome::kNoTerminal;
    if (::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()))
        return Outcome::kTold;
    terminal.leave_alone_until = now + kLeaveAlone;
    return Outcome::kGivenUp;
}

}  // namespace modelward::agent
