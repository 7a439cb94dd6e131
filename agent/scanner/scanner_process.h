// SPDX-License-Identifier: Apache-2.0
// The agent's end of one modelward-scan process: started, given one file at a time, killed.
//
// The owner waits for socket() to become readable and then calls take_reply(). Destroying the object kills
// the process and waits for it. Not thread-safe; start() from the main thread (the child dies with the
// thread).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>

#include "agent/scanner/protocol.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

struct ScannerProgram {
    std::filesystem::path path;
    uid_t uid;  // what the scanner becomes when the agent is root
    gid_t gid;
};

// The numeric ids of a user of this machine. kNotFound.
Result<ScannerProgram> scanner_program(const std::filesystem::path& path, const std::string& user);

class ScannerProcess {
  public:
    // `started` runs before the process can be given anything; when it fails, the process is ended.
    static Result<ScannerProcess> start(const ScannerProgram& program, int index_file,
                                        const std::function<Result<void>(pid_t)>& started);

    ScannerProcess(ScannerProcess&& other) noexcept;
    ScannerProcess& operator=(ScannerProcess&& other) noexcept;
    ~ScannerProcess() { stop(); }

    pid_t pid() const { return pid_; }
    int socket() const { return socket_.get(); }

    Result<void> submit(const ScanRequest& request, int file);
    Result<ScanReply>
    take_reply();  // kUnavailable: the process is gone; kInvalid: it cannot be trusted any more
    // The same, of a request that names its file: the scanner may ask for others before it replies.
    Result<FromScanner> take_reply_or_question();
    Result<void> answer(const SiblingQuestion& question, int file);  // -1: there is no such file

    // Kills it and says how it ended: "exit code 0", "signal 31 (Bad system call)".
    std::string stop();

  private:
    ScannerProcess(pid_t pid, UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}
    pid_t pid_ = -1;
    UniqueFd socket_;
};

}  // namespace modelward::agent
