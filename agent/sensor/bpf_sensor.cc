// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/bpf_sensor.h"

#include <bpf/bpf.h>

#include "agent/sensor/exemption.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"
#include "agent/sensor/losses.h"
#include "agent/sensor/policy_loader.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

// A process that comes back after that long is reported as if it were new.
constexpr std::uint64_t kForgetAfterNs = 3'600'000'000'000;
constexpr std::uint64_t kForgetSoonNs = 60'000'000'000;

}  // namespace

BpfSensor::BpfSensor(SensorInfo info, KernelMaps maps, Pins pins, EventRings rings)
    : info_(std::move(info)),
      maps_(std::move(maps)),
      pins_(std::move(pins)),
      programs_(pins_.open_programs()),
      sweep_(pins_.open_program("sweep")),
      rings_(std::move(rings)) {}

Result<std::unique_ptr<BpfSensor>> BpfSensor::make(SensorInfo info, KernelMaps maps, Pins pins) {
    auto rings = EventRings::open(maps);
    if (!rings) return fail(rings.error());
    return std::unique_ptr<BpfSensor>(
        new BpfSensor(std::move(info), std::move(maps), std::move(pins), std::move(*rings)));
}

Result<void> BpfSensor::apply(const rules::CompiledPolicy& policy, std::uint64_t version) {
    auto converted = convert_policy(policy, version);
    if (!converted) return fail(converted.error());
    return load_policy(maps_, std::move(*converted));
}

Result<InodeKey> BpfSensor::label(int fd, const Label& label) {
    auto value = to_kernel(label);
    if (!value) return fail(value.error());
    auto keys = kernel_keys(maps_, fd);
    if (!keys) return fail(keys.error());
    for (const auto& key : *keys)
        if (auto put = put_label(maps_, key, *value); !put) return fail(put.error());
    return from_kernel(keys->front());
}

Result<InodeKey> BpfSensor::clear_label(int fd) {
    auto keys = kernel_keys(maps_, fd);
    if (!keys) return fail(keys.error());
    for (const auto& key : *keys)
        if (auto dropped = drop_label(maps_, key); !dropped) return fail(dropped.error());
    return from_kernel(keys->front());
}

Result<std::optional<Label>> BpfSensor::label_of(int fd) {
    auto keys = kernel_keys(maps_, fd);
    if (!keys) return fail(keys.error());
    for (const auto& key : *keys) {
        auto found = get_label(maps_, key);
        if (!found || *found) return found;
    }
    return std::nullopt;
}

Result<std::optional<Label>> BpfSensor::label_of(const InodeKey& key) {
    return get_label(maps_, to_kernel(key));
}

Result<std::vector<InodeKey>> BpfSensor::keys_of(int fd) {
    auto keys = kernel_keys(maps_, fd);
    if (!keys) return fail(keys.error());
    std::vector<InodeKey> all;
    for (const auto& key : *keys)
        all.push_back(from_kernel(key));
    return all;
}

Result<void> BpfSensor::exempt(pid_t pid) {
    return exempt_process(maps_, pid);
}

Result<std::size_t> BpfSensor::read_events(
    const std::function<Result<void>(std::span<const KernelEvent>)>& take) {
    return rings_.read(take);
}

void BpfSensor::sweep() {
    const bool crowded = count_entries(maps_.recent) > kernel::kMaxRecent * 3 / 4;
    kernel::sweep_request request{crowded ? kForgetSoonNs : kForgetAfterNs};
    LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &request, .ctx_size_in = sizeof request);
    if (::bpf_prog_test_run_opts(sweep_.get(), &options) != 0) ++failed_sweeps_;
}

std::vector<Counter> BpfSensor::counters() const {
    std::vector<Counter> counters = read_losses(maps_);
    counters.push_back({"hook_missed", count_missed_runs(programs_)});
    counters.push_back({"event_undecodable", rings_.undecodable()});
    counters.push_back({"event_sweep_failed", failed_sweeps_});
    counters.push_back({"block_ring_waiting_bytes", rings_.waiting_bytes(KernelRing::kBlocks)});
    counters.push_back({"block_ring_size_bytes", kernel::kBlockRingBytes});
    counters.push_back({"event_ring_waiting_bytes", rings_.waiting_bytes(KernelRing::kOthers)});
    counters.push_back({"event_ring_size_bytes", kernel::kEventRingBytes});
    for (const auto& [name, map] : {std::pair{"labels", &maps_.labels}, std::pair{"meters", &maps_.meters},
                                    std::pair{"recent", &maps_.recent}})
        counters.push_back({std::string(name) + "_in_use", count_entries(*map)});
    return counters;
}

Result<void> BpfSensor::remove() {
    return pins_.remove();
}

}  // namespace modelward::agent
