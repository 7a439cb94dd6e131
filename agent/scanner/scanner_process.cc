// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/scanner_process.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

namespace modelward::agent {
namespace {

// Above the descriptor numbers that the scanner expects, so that placing one never overwrites the other.
Result<UniqueFd> moved_up(int fd) {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 16));
    if (!copy) return fail_errno("duplicate a descriptor");
    return copy;
}

struct SpawnActions {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    SpawnActions() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnActions() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
};

}  // namespace

Result<ScannerProgram> scanner_program(const std::filesystem::path& path, const std::string& user) {
    std::array<char, 16384> buffer;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
        return fail(ErrorCode::kNotFound, "there is no user '" + user + "' for the scanner (scanner_user)");
    return ScannerProgram{path, entry.pw_uid, entry.pw_gid};
}

Result<ScannerProcess> ScannerProcess::start(const ScannerProgram& program, int index_file,
                                             const std::function<Result<void>(pid_t)>& started) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return fail_errno("socketpair");
    UniqueFd ours(pair[0]);
    const UniqueFd theirs(pair[1]);
    auto socket = moved_up(theirs.get());
    auto index = moved_up(index_file);
    if (!socket || !index) return fail(socket ? index.error() : socket.error());

    SpawnActions spawn;
    ::posix_spawn_file_actions_addopen(&spawn.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&spawn.actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&spawn.actions, socket->get(), kScannerSocket);
    ::posix_spawn_file_actions_adddup2(&spawn.actions, index->get(), kScannerIndex);
    ::posix_spawn_file_actions_addclosefrom_np(&spawn.actions, kScannerIndex + 1);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&spawn.attributes, &none);
    ::posix_spawnattr_setsigdefault(&spawn.attributes, &all);
    ::posix_spawnattr_setflags(&spawn.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::string path = program.path.string(), uid = std::to_string(program.uid),
                gid = std::to_string(program.gid);
    std::array<char*, 4> arguments = {path.data(), uid.data(), gid.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};
    pid_t pid = -1;
    if (const int error = ::posix_spawn(&pid, path.c_str(), &spawn.actions, &spawn.attributes,
                                        arguments.data(), environment.data());
        error != 0)
        return fail(Error::from_errno("start the scanner " + path, error));
    ScannerProcess process(pid, std::move(ours));
    if (auto done = started(pid); !done) return fail(done.error());
    return process;
}

ScannerProcess::ScannerProcess(ScannerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}

ScannerProcess& ScannerProcess::operator=(ScannerProcess&& other) noexcept {
    if (this == &other) return *this;
    stop();
    pid_ = std::exchange(other.pid_, -1);
    socket_ = std::move(other.socket_);
    return *this;
}

Result<void> ScannerProcess::submit(const ScanRequest& request, int file) {
    return send_request(socket_.get(), request, file);
}

Result<ScanReply> ScannerProcess::take_reply() {
    return receive_reply(socket_.get());
}

Result<FromScanner> ScannerProcess::take_reply_or_question() {
    return receive_from_scanner(socket_.get());
}

Result<void> ScannerProcess::answer(const SiblingQuestion& question, int file) {
    return send_answer(socket_.get(), question.id, file);
}

std::string ScannerProcess::stop() {
    if (pid_ < 0) return "not running";
    socket_.reset();
    // It may have ended by itself, and how it did is worth knowing; otherwise it is killed now.
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    pid_ = -1;
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace modelward::agent
