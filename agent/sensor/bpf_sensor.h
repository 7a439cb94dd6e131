// SPDX-License-Identifier: Apache-2.0
// The sensor whose programs run in the kernel as lsm/ or fmod_ret/. Knows maps and pins only: whether the
// programs were attached by this process or by one before it makes no difference here.
#pragma once

#include "agent/sensor/pins.h"
#include "agent/sensor/ring_reader.h"
#include "agent/sensor/sensor.h"

namespace modelward::agent {

class BpfSensor final : public Sensor {
  public:
    static Result<std::unique_ptr<BpfSensor>> make(SensorInfo info, KernelMaps maps, Pins pins);

    const SensorInfo& info() const override { return info_; }
    Result<void> apply(const rules::CompiledPolicy& policy, std::uint64_t version) override;
    Result<InodeKey> label(int fd, const Label& label) override;
    Result<InodeKey> clear_label(int fd) override;
    Result<std::optional<Label>> label_of(int fd) override;
    Result<std::optional<Label>> label_of(const InodeKey& key) override;
    Result<std::vector<InodeKey>> keys_of(int fd) override;
    Result<void> exempt(pid_t pid) override;
    int event_fd() const override { return maps_.events.get(); }
    Result<std::size_t> read_events(
        const std::function<Result<void>(std::span<const KernelEvent>)>& take) override;
    Result<GuardStatus> guard_status() const override;
    Result<void> guard(const GuardSettings& settings) override;
    Result<void> end_guard() override;
    Result<void> open_guard(std::chrono::nanoseconds duration) override;
    Result<bool> guards(const std::filesystem::path& path, std::uint32_t roles) const override;
    std::vector<Counter> counters() const override;
    Result<void> remove() override;

  private:
    BpfSensor(SensorInfo info, KernelMaps maps, Pins pins, RingMapping ring);

    SensorInfo info_;
    KernelMaps maps_;
    Pins pins_;
    std::vector<UniqueFd> programs_;
    RingMapping ring_;
    RingReader reader_;
    std::uint64_t undecodable_events_ = 0;
};

}  // namespace modelward::agent
