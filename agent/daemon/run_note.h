// SPDX-License-Identifier: Apache-2.0
// A note in the state folder for as long as an agent runs. One that is still there at the next start tells of
// an agent that was killed or crashed: root has ways to have the kernel do that which no hook sees.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace modelward::agent {

struct Run {
    std::uint32_t pid;
    std::int64_t start_unix_ns;
};

class RunNote {
  public:
    RunNote(const std::filesystem::path& state_dir, std::string boot)
        : file_(state_dir / "running"), boot_(std::move(boot)) {}

    // The run in the same boot that did not end() itself. At a shutdown the machine ends the agent, so one of
    // another boot says nothing; neither does a note that cannot be read.
    std::optional<Run> left() const;

    // kIo: the next start would not hear of this one's end.
    Result<void> begin(const Run& run);
    // Takes this run's note away. One that another left stays until begin() replaces it.
    void end();

  private:
    std::filesystem::path file_;
    std::string boot_;
    bool begun_ = false;
};

}  // namespace modelward::agent
