// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/open_intent.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <charconv>
#include <optional>
#include <string>

#include "agent/fallback/process_view.h"

namespace modelward::agent {

namespace {

// Word `place` of the line; numbers are decimal or begin with 0x.
std::optional<unsigned long> word(std::string_view line, int place) {
    for (; place > 0; --place) {
        const auto space = line.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        line.remove_prefix(space + 1);
    }
    int base = 10;
    if (line.starts_with("0x")) {
        line.remove_prefix(2);
        base = 16;
    }
    unsigned long value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value, base);
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

OpenIntent of_flags(std::optional<unsigned long> flags) {
    if (!flags) return OpenIntent::kUnknown;
    const bool writes = (*flags & O_ACCMODE) != O_RDONLY || *flags & O_TRUNC;
    return writes ? OpenIntent::kWrite : OpenIntent::kRead;
}

}  // namespace

// The numbers of 32-bit programs differ, and none of those below is one of theirs that opens a file.
OpenIntent intent_of_call(std::string_view call) {
    const auto number = word(call, 0);
    if (!number) return OpenIntent::kUnknown;
    switch (static_cast<long>(*number)) {
#ifdef SYS_open
        case SYS_open:
            return of_flags(word(call, 2));
        case SYS_creat:
            return OpenIntent::kWrite;
#endif
        case SYS_openat:
        case SYS_open_by_handle_at:
            return of_flags(word(call, 3));
        case SYS_execve:
        case SYS_execveat:
            return OpenIntent::kRead;
        default:
            return OpenIntent::kUnknown;
    }
}

OpenIntent intent_of(pid_t thread) {
    const std::string folder = "/proc/" + std::to_string(thread);
    const auto intent = intent_of_call(read_small(folder + "/syscall"));
    // A core file is written in the midst of whatever call the signal met.
    const bool dumps = read_small(folder + "/status").contains("CoreDumping:\t1");
    return dumps ? OpenIntent::kUnknown : intent;
}

}  // namespace modelward::agent
