// SPDX-License-Identifier: Apache-2.0
// Times the system calls that the kernel programs sit on; prints one JSON object of nanoseconds per
// operation.
//
// usage: kernel_operations FOLDER [TAINT_FILE]
// FOLDER is on a disk of the guest's own (its root is the host's tree, whose transport would be what is
// timed) and holds what tests/bench/tools puts there: bin/nothing, bin/cc1, bin/as and the libraries they
// need. With TAINT_FILE the process opens it first, so that a labelled file taints the process. In a guest
// started with --icount the nanoseconds are counted instructions and repeat to 0.1 %.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace {

using modelward::UniqueFd;

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

double nanoseconds_each(int rounds, const std::function<void()>& operation) {
    for (int i = 0; i < rounds / 10; ++i)
        operation();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        operation();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    return taken.count() / rounds;
}

double open_read_close(const std::string& path) {
    std::array<char, 4096> buffer{};
    return nanoseconds_each(2000, [&] {
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (::read(fd.get(), buffer.data(), buffer.size()) < 0) give_up("read");
    });
}

double pwrite_4k(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    const std::array<char, 4096> buffer{};
    return nanoseconds_each(4000, [&] {
        if (::pwrite(fd.get(), buffer.data(), buffer.size(), 0) != 4096) give_up("pwrite");
    });
}

double tcp_send_1k() {
    const UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(server.get(), generic, length) != 0 || ::listen(server.get(), 1) != 0) give_up("listen");
    if (::getsockname(server.get(), generic, &length) != 0) give_up("getsockname");
    const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), generic, length) != 0) give_up("connect");
    const UniqueFd peer(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 1024> buffer{};
    return nanoseconds_each(2000, [&] {
        if (::send(client.get(), buffer.data(), buffer.size(), 0) != 1024) give_up("send");
        if (::recv(peer.get(), buffer.data(), buffer.size(), MSG_WAITALL) != 1024) give_up("recv");
    });
}

void run(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (auto& word : command)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) give_up("fork");
    if (child == 0) {
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) give_up(arguments[0]);
}

// Of this process and its children: wall-clock time would hold waiting for the disk.
double cpu_nanoseconds() {
    timespec own{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    rusage children{};
    ::getrusage(RUSAGE_CHILDREN, &children);
    const auto seconds =
        static_cast<double>(own.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec);
    const auto micro = static_cast<double>(children.ru_utime.tv_usec + children.ru_stime.tv_usec);
    return seconds * 1e9 + micro * 1e3 + static_cast<double>(own.tv_nsec);
}

double cpu_nanoseconds_each(int rounds, const std::function<void()>& operation) {
    operation();
    const double start = cpu_nanoseconds();
    for (int i = 0; i < rounds; ++i)
        operation();
    return (cpu_nanoseconds() - start) / rounds;
}

double fork_exec(const std::string& folder) {
    return cpu_nanoseconds_each(200, [&] { run({folder + "/bin/nothing"}); });
}

double small_compile(const std::string& folder) {
    const std::string source = folder + "/small.c", assembly = folder + "/small.s";
    if (std::FILE* file = std::fopen(source.c_str(), "w")) {
        std::fputs("int add(int a, int b) { return a + b; }\n", file);
        std::fclose(file);
    }
    const std::string loader = folder + "/lib/ld-linux-x86-64.so.2", libraries = folder + "/lib";
    return cpu_nanoseconds_each(10, [&] {
        run({loader, "--library-path", libraries, folder + "/bin/cc1", "-quiet", source, "-o", assembly});
        run({loader, "--library-path", libraries, folder + "/bin/as", assembly, "-o", folder + "/small.o"});
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: kernel_operations FOLDER [TAINT_FILE]\n");
        return 2;
    }
    const std::string path = std::string(argv[1]) + "/operations.dat";
    ::unlink(path.c_str());  // what a tainted run wrote is labelled
    double written = pwrite_4k(path);
    if (argc > 2) {
        const UniqueFd taint(::open(argv[2], O_RDONLY | O_CLOEXEC));
        if (!taint) give_up("open TAINT_FILE");
    }
    const double opened = open_read_close(path);  // before a tainted writer has the file labelled
    if (argc > 2) written = pwrite_4k(path);
    std::printf(
        "{\"open+read+close\": %.1f, \"pwrite 4 KiB\": %.1f, \"TCP send+recv 1 KiB\": %.1f, \"fork+exec\": "
        "%.1f, \"small compile\": %.1f}\n",
        opened, written, tcp_send_1k(), fork_exec(argv[1]), small_compile(argv[1]));
    return 0;
}
