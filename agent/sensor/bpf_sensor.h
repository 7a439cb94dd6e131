// SPDX-License-Identifier: Apache-2.0
// The sensor whose programs run in the kernel as lsm/ or fmod_ret/. Knows maps and pins only: whether the
// programs were attached by this process or by one before it makes no difference here.
#pragma once

#include "agent/sensor/disk_labels.h"
#include "agent/sensor/event_rings.h"
#include "agent/sensor/pins.h"
#include "agent/sensor/policy_convert.h"
#include "agent/sensor/program_keys.h"
#include "agent/sensor/sensor.h"
#include "agent/sensor/tending.h"

namespace modelward::agent {

class BpfSensor final : public Sensor {
  public:
    // `meters`: where they are kept, and how many were put back from there.
    struct Meters {
        std::filesystem::path file;
        std::size_t restored = 0;
        bool damaged = false;  // what was kept could not be put back
    };
    static Result<std::unique_ptr<BpfSensor>> make(SensorInfo info, KernelMaps maps, Pins pins,
                                                   Meters meters);

    const SensorInfo& info() const override { return info_; }
    Result<void> apply(const rules::CompiledPolicy& policy, std::uint64_t version) override;
    std::vector<std::string> policy_problems() const override;
    Result<InodeKey> label(int fd, const Label& label) override;
    Result<InodeKey> clear_label(int fd) override;
    Result<std::optional<Label>> label_of(int fd) override;
    Result<std::optional<Label>> label_of(const InodeKey& key) override;
    Result<std::vector<InodeKey>> keys_of(int fd) override;
    Result<void> exempt(pid_t pid) override;
    void tend() override;
    int event_fd() const override { return rings_.fd(); }
    Result<std::size_t> read_events(
        const std::function<Result<void>(std::span<const KernelEvent>)>& take) override;
    void sweep() override;
    Result<void> keep_meters() override;
    bool can_guard() const override { return true; }
    Result<GuardStatus> guard_status() const override;
    Result<void> guard(const GuardSettings& settings) override;
    Result<void> end_guard() override;
    Result<void> open_guard(std::chrono::nanoseconds duration) override;
    Result<bool> guards(const std::filesystem::path& path, std::uint32_t roles) const override;
    std::vector<Counter> counters() const override;
    Result<void> remove() override;

  private:
    BpfSensor(SensorInfo info, KernelMaps maps, Pins pins, std::set<std::string> attached, Meters meters,
              EventRings rings);
    void look_at_programs();
    void look_at_links();

    SensorInfo info_;
    KernelMaps maps_;
    Pins pins_;
    std::vector<UniqueFd> programs_;
    UniqueFd sweep_;
    EventRings rings_;
    std::set<std::string> attached_;  // when this agent began
    std::set<std::string> detached_;  // since
    Tending tending_;
    DiskLabels disks_;
    std::uint64_t failed_sweeps_ = 0;
    Meters meters_;
    struct InForce {
        KernelPolicy policy;  // without its programs
        rules::CompiledPolicy rules;
        ResolvedPrograms programs;
    };
    PinnedDigests digests_;
    std::optional<InForce> in_force_;
    unsigned sweeps_ = 0;
    std::uint64_t failed_program_looks_ = 0;
};

}  // namespace modelward::agent
