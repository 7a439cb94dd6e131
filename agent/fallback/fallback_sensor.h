// SPDX-License-Identifier: Apache-2.0
// The sensor for hosts that refuse LSM and tracing programs: fanotify holds opens, programs of a cgroup judge
// the network, and taint is kept by process id. Labels, policy, meters and events lie in the same tables as
// the other sensors'.
#pragma once

#include <memory>

#include "agent/fallback/file_gate.h"
#include "agent/sensor/bpf_sensor.h"
#include "agent/sensor/program_keys.h"

namespace modelward::agent {

class FallbackSensor final : public Sensor {
  public:
    // `ask` is the program of that name.
    static Result<std::unique_ptr<FallbackSensor>> make(SensorInfo info, KernelMaps maps, Pins pins,
                                                        BpfSensor::Meters meters, UniqueFd ask,
                                                        std::string scope);

    const SensorInfo& info() const override { return tables_->info(); }
    Result<void> apply(const rules::CompiledPolicy& policy, std::uint64_t version) override;
    std::vector<std::string> policy_problems() const override;
    Result<InodeKey> label(int fd, const Label& label) override;
    Result<InodeKey> clear_label(int fd) override;
    Result<std::optional<Label>> label_of(int fd) override;
    Result<std::optional<Label>> label_of(const InodeKey& key) override { return tables_->label_of(key); }
    Result<std::vector<InodeKey>> keys_of(int fd) override;
    Result<void> exempt(pid_t pid) override { return state_->exempt.add(pid); }
    int event_fd() const override { return tables_->event_fd(); }
    Result<std::size_t> read_events(
        const std::function<Result<void>(std::span<const KernelEvent>)>& take) override;
    void tend() override {}  // the threads of the gate do
    void sweep() override;
    Result<void> keep_meters() override { return tables_->keep_meters(); }
    std::vector<Counter> counters() const override;
    Result<void> remove() override;

    // Of a file of this process; flags as of bpf/shared.h. For the self-test.
    Result<kernel::inode_key> put(int fd, const kernel::label& label);
    const KernelMaps& maps() const { return maps_; }

  private:
    FallbackSensor(KernelMaps maps, UniqueFd ask) : maps_(std::move(maps)), ask_(std::move(ask)) {}

    Result<void> load(const rules::CompiledPolicy& policy, std::uint64_t version,
                      const ResolvedPrograms& programs);

    KernelMaps maps_;
    UniqueFd ask_;
    std::unique_ptr<BpfSensor> tables_;
    std::unique_ptr<GateState> state_;
    std::unique_ptr<FileGate> gate_;
    struct InForce {
        rules::CompiledPolicy policy;
        std::uint64_t version;
        ResolvedPrograms programs;
    };
    PinnedDigests digests_;
    std::optional<InForce> in_force_;
    unsigned sweeps_ = 0;
    std::uint64_t failed_program_looks_ = 0;
};

}  // namespace modelward::agent
