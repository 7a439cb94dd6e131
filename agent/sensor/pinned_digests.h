// SPDX-License-Identifier: Apache-2.0
// The digests of pinned programs, each read once for one state of the file, and not more of them at once than
// the main loop has time for: a look reads a bounded number of bytes, and the next one reads on.
//
// Not on a thread of its own: a program whose pin is known before is to stay it through a new bundle and a
// restart, and most pinned programs are read within one look.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "agent/sensor/file_digest.h"

namespace modelward::agent {

inline constexpr std::uint64_t kPinnedBytesOfOneLook = 64 << 20;  // some tenths of a second from a slow disk

// One state of a file, as far as stat(2) tells.
struct ContentState {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t written_ns = 0;  // mtime
    std::int64_t changed_ns = 0;  // ctime
    auto operator<=>(const ContentState&) const = default;
};

class PinnedDigests {
  public:
    explicit PinnedDigests(std::uint64_t bytes_of_one_look = kPinnedBytesOfOneLook)
        : bytes_of_one_look_(bytes_of_one_look) {}

    // What the last look did not ask for is forgotten.
    void begin_look();

    // Nothing: not read to its end yet. `settled`: another content would be another state (see
    // pinned_file.h); what is not settled is not remembered.
    Result<std::optional<std::string>> of(int fd, const ContentState& state, bool settled);

    std::uint64_t bytes_read() const { return bytes_read_; }

  private:
    struct Reading {
        FileDigest digest;
        std::string result;  // empty: it is not at its end
    };
    Result<std::optional<std::string>> read_on(int fd, Reading& reading);

    std::uint64_t bytes_of_one_look_;
    std::uint64_t left_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::map<ContentState, Reading> before_, known_;
};

}  // namespace modelward::agent
