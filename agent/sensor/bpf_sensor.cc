// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/bpf_sensor.h"

#include "agent/sensor/event_decode.h"
#include "agent/sensor/exemption.h"
#include "agent/sensor/guard_table.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"
#include "agent/sensor/losses.h"
#include "agent/sensor/policy_loader.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::size_t kEventsPerBatch = 256;

}  // namespace

BpfSensor::BpfSensor(SensorInfo info, KernelMaps maps, Pins pins, RingMapping ring)
    : info_(std::move(info)),
      maps_(std::move(maps)),
      pins_(std::move(pins)),
      programs_(pins_.open_programs()),
      ring_(std::move(ring)),
      reader_(ring_.memory(), sizeof(kernel::event)) {}

Result<std::unique_ptr<BpfSensor>> BpfSensor::make(SensorInfo info, KernelMaps maps, Pins pins) {
    auto ring = RingMapping::map(maps.events.get(), kernel::kEventRingBytes);
    if (!ring) return fail(ring.error());
    return std::unique_ptr<BpfSensor>(
        new BpfSensor(std::move(info), std::move(maps), std::move(pins), std::move(*ring)));
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
    auto records = reader_.peek(kEventsPerBatch);
    if (!records) return fail(records.error());
    std::vector<KernelEvent> events;
    std::uint64_t undecodable = 0;
    for (const auto& record : *records) {
        auto event = decode_event(record.bytes, record.sequence);
        if (event)
            events.push_back(std::move(*event));
        else
            ++undecodable;  // one broken record must not stop those behind it
    }
    if (!events.empty())
        if (auto taken = take(events); !taken) return fail(taken.error());
    undecodable_events_ += undecodable;
    reader_.release();
    return events.size();
}

std::vector<Counter> BpfSensor::counters() const {
    std::vector<Counter> counters = read_losses(maps_);
    counters.push_back({"hook_missed", count_missed_runs(programs_)});
    counters.push_back({"event_undecodable", undecodable_events_});
    counters.push_back({"event_ring_waiting_bytes", reader_.waiting_bytes()});
    counters.push_back({"event_ring_size_bytes", kernel::kEventRingBytes});
    for (const auto& [name, map] : {std::pair{"labels", &maps_.labels}, std::pair{"meters", &maps_.meters}})
        counters.push_back({std::string(name) + "_in_use", count_entries(*map)});
    return counters;
}

Result<GuardStatus> BpfSensor::guard_status() const {
    return agent::guard_status(maps_);
}

Result<void> BpfSensor::guard(const GuardSettings& settings) {
    return put_guard(maps_, settings, pins_.program_ids(), pins_.link_ids());
}

Result<void> BpfSensor::end_guard() {
    return agent::end_guard(maps_);
}

Result<void> BpfSensor::open_guard(std::chrono::nanoseconds duration) {
    return agent::open_guard(maps_, duration);
}

Result<bool> BpfSensor::guards(const std::filesystem::path& path, std::uint32_t roles) const {
    return agent::guards(maps_, path, roles);
}

Result<void> BpfSensor::remove() {
    return pins_.remove();
}

}  // namespace modelward::agent
