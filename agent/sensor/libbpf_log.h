// SPDX-License-Identifier: Apache-2.0
// What libbpf says while it works, kept for the error message instead of printed. One at a time in a process.
#pragma once

#include <string>

namespace modelward::agent {

class LibbpfLog {
  public:
    LibbpfLog();
    ~LibbpfLog();
    LibbpfLog(const LibbpfLog&) = delete;
    LibbpfLog& operator=(const LibbpfLog&) = delete;

    // Its first warning (the cause; later ones are consequences), or "" if it gave none.
    std::string first_warning() const;
    // The end of all warnings, the verifier's log included.
    std::string tail() const;
};

}  // namespace modelward::agent
