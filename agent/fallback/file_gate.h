// SPDX-License-Identifier: Apache-2.0
// Holds opens and reads of labelled files, and opens on removable media, until they are judged (fanotify),
// and tells the programs which devices are removable: no open of a device's own node is held.
//
// Several threads answer, so that one that waits for the kernel does not hold up the others; what is not
// answered in time is refused. None of them waits for the main loop, which opens such files itself. When the
// process ends the kernel lets everything through: what it knows of tainted processes goes on being judged on
// the network.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <thread>

#include "agent/fallback/derived_watch.h"
#include "agent/sensor/uevent.h"

namespace modelward::agent {

inline constexpr std::chrono::seconds kAnswerLimit{3};

class FileGate {
  public:
    // kUnsupported: the kernel or the caller's privileges do not allow it.
    static Result<std::unique_ptr<FileGate>> start(GateState& state);
    ~FileGate();

    // The file behind `fd` is labelled, or not any more. False: it could not be marked.
    bool watch(int fd);
    void unwatch(int fd);

  private:
    FileGate(GateState& state, UniqueFd group, UniqueFd stop);

    // What one thread works on.
    struct Held {
        std::mutex mutex;
        int file = -1;
        bool answered = false;
        std::chrono::steady_clock::time_point since;
    };

    Result<void> begin();
    void judge_all(Held& held);
    void judge_next(Held& held);
    void answer(Held& held, bool allow);
    void answer_locked(Held& held, bool allow);
    void refuse_late();
    void keep_house();
    void look_for_media();
    bool have_devices_changed() const;

    GateState* state_;
    UniqueFd group_, stop_, mounts_;
    OpenJudge judge_;
    std::optional<DerivedWatch> derived_;
    std::optional<UeventSocket> devices_;
    std::array<Held, 3> held_;
    std::vector<std::thread> threads_;
};

}  // namespace modelward::agent
