// SPDX-License-Identifier: Apache-2.0
// What the rest of the agent knows of the kernel: labels in, policy in, events out.
//
// Implementations: BpfSensor (lsm/ or fmod_ret/ programs), FallbackSensor (agent/fallback/). Owned and called
// by the agent's main loop only (not thread-safe). After a start each labelled file has to pass label_of()
// once: the fallback holds opens of those only that it has been shown. Enforcement does not depend on this
// object: it lives in pinned programs and maps, goes on when the agent is gone, and is taken over by the next
// start.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/sensor/guard.h"
#include "agent/sensor/kernel_event.h"
#include "base/error.h"
#include "rules/policy.h"

namespace modelward::agent {

struct SensorInfo {
    std::string name;                      // "lsm", "fmod_ret", "fallback"
    std::string kernel;                    // uname -r
    bool adopted;                          // enforcement was already running when this agent started
    std::vector<std::string> blind_spots;  // sentences: what this sensor cannot see
    std::string without_agent = "enforcement goes on in the kernel";  // while no agent runs
};

struct Counter {
    std::string name;
    std::uint64_t value;
};

class Sensor {
  public:
    virtual ~Sensor() = default;

    virtual const SensorInfo& info() const = 0;

    // One swap: every operation is judged by the whole old or the whole new policy. `version` comes back in
    // events.
    virtual Result<void> apply(const rules::CompiledPolicy& policy, std::uint64_t version) = 0;

    // What of the policy in force does not hold on this host: sentences.
    virtual std::vector<std::string> policy_problems() const { return {}; }

    // Labels are keyed by the kernel's own view of the inode behind `fd` (stat's device differs on btrfs and
    // overlay), so the caller passes a path-opened descriptor of this process: see open_for_label().
    virtual Result<InodeKey> label(int fd, const Label& label) = 0;
    // Takes away all that label() would set for `fd` (two keys on an overlay). The key is label()'s.
    virtual Result<InodeKey> clear_label(int fd) = 0;
    virtual Result<std::optional<Label>> label_of(int fd) = 0;
    virtual Result<std::optional<Label>> label_of(const InodeKey& key) = 0;
    // What events may call the inode behind `fd` (on overlay it has two keys).
    virtual Result<std::vector<InodeKey>> keys_of(int fd) = 0;

    // The thread group may read labelled files without becoming tainted, until it exits (the agent and its
    // scanner).
    virtual Result<void> exempt(pid_t pid) = 0;

    // The kernel's part that needs an agent: looks for processes that hold a file whose label came later, and
    // for the servers of mounted file systems. To be called several times a second; does nothing without
    // cause. What fails is counted, and tried again.
    virtual void tend() = 0;

    // Readable when events wait. read_events() hands over what waits, oldest first, and gives it back to the
    // kernel only after `take` returned success: an agent killed in between sees the same events again (same
    // ring and sequence).
    virtual int event_fd() const = 0;
    virtual Result<std::size_t> read_events(
        const std::function<Result<void>(std::span<const KernelEvent>)>& take) = 0;

    // To be called once a second: equal verdicts are counted in the kernel, and this reports those that no
    // event has counted yet.
    virtual void sweep() {}

    // What meters hold survives the agent by itself, and a reboot as of the last call.
    virtual Result<void> keep_meters() { return {}; }

    // The guard. A sensor that has none says kUnsupported.
    virtual bool can_guard() const { return false; }
    virtual Result<GuardStatus> guard_status() const { return GuardStatus{}; }
    virtual Result<void> guard(const GuardSettings&) {
        return fail(ErrorCode::kUnsupported, "the sensor " + info().name + " cannot guard the agent");
    }
    virtual Result<void> end_guard() { return {}; }
    virtual Result<void> open_guard(std::chrono::nanoseconds) {
        return fail(ErrorCode::kUnsupported, "the sensor " + info().name + " has no guard to open");
    }
    virtual Result<bool> guards(const std::filesystem::path&, std::uint32_t /*roles*/) const { return false; }

    // Every kind of loss and the sizes of the tables, by name.
    virtual std::vector<Counter> counters() const = 0;

    // Ends enforcement: removes links and pins. Only for an orderly removal.
    virtual Result<void> remove() = 0;
};

}  // namespace modelward::agent
