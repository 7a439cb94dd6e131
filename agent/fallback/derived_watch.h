// SPDX-License-Identifier: Apache-2.0
// Files that tainted processes wrote: labelled as derived when they are closed, if they have grown to the
// class's min_flow. Between the write and the label others may read them: a sentence among the blind spots.
#pragma once

#include <functional>

#include "agent/fallback/open_judge.h"

namespace modelward::agent {

class DerivedWatch {
  public:
    // `watch` has opens of the labelled file behind a descriptor held from then on.
    static Result<DerivedWatch> create(GateState& state, std::function<bool(int)> watch);

    int fd() const { return group_.get(); }

    // Hears of all files on the file system that is mounted there. False: it takes no mark.
    bool add(const std::filesystem::path& mount);

    // Takes some of the news that waits: a flood of it must not hold up its reader.
    void read();

  private:
    DerivedWatch(GateState& state, std::function<bool(int)> watch, UniqueFd group)
        : state_(&state), watch_(std::move(watch)), group_(std::move(group)) {}

    void written(int file, pid_t process);

    GateState* state_;
    std::function<bool(int)> watch_;
    UniqueFd group_;
};

}  // namespace modelward::agent
