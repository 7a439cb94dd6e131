// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/bpf_sensor.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "agent/sensor/exemption.h"
#include "agent/sensor/guard_table.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"
#include "agent/sensor/losses.h"
#include "agent/sensor/meter_file.h"
#include "agent/sensor/policy_loader.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

// A process that comes back after that long is reported as if it were new.
constexpr std::uint64_t kForgetAfterNs = 3'600'000'000'000;
constexpr std::uint64_t kForgetSoonNs = 60'000'000'000;
constexpr unsigned kSweepsPerProgramLook = 10;

}  // namespace

BpfSensor::BpfSensor(SensorInfo info, KernelMaps maps, Pins pins, std::set<std::string> attached,
                     Meters meters, EventRings rings)
    : info_(std::move(info)),
      maps_(std::move(maps)),
      pins_(std::move(pins)),
      programs_(pins_.open_programs()),
      sweep_(pins_.open_program("sweep")),
      rings_(std::move(rings)),
      attached_(std::move(attached)),
      meters_(std::move(meters)) {}

Result<std::unique_ptr<BpfSensor>> BpfSensor::make(SensorInfo info, KernelMaps maps, Pins pins,
                                                   Meters meters) {
    auto rings = EventRings::open(maps);
    if (!rings) return fail(rings.error());
    auto attached = pins.attached();
    if (!attached) return fail(attached.error());
    if (auto told = tell_of_change(maps); !told) return fail(told.error());
    return std::unique_ptr<BpfSensor>(new BpfSensor(std::move(info), std::move(maps), std::move(pins),
                                                    std::move(*attached), std::move(meters),
                                                    std::move(*rings)));
}

Result<void> BpfSensor::apply(const rules::CompiledPolicy& policy, std::uint64_t version) {
    auto converted = convert_policy(policy, version);
    if (!converted) return fail(converted.error());
    auto resolved = resolve_programs(maps_, policy, digests_);
    if (!resolved) return fail(resolved.error());
    KernelPolicy loaded = *converted;
    loaded.programs = resolved->rows;
    if (auto done = load_policy(maps_, std::move(loaded)); !done) return done;
    in_force_.emplace(std::move(*converted), policy, std::move(*resolved));
    return {};
}

// A program that was replaced (a package upgrade) is another inode under the same name.
void BpfSensor::look_at_programs() {
    if (!in_force_ || in_force_->programs.still_holds()) return;
    auto resolved = resolve_programs(maps_, in_force_->rules, digests_);
    KernelPolicy loaded = in_force_->policy;
    if (resolved) loaded.programs = resolved->rows;
    if (!resolved || (!resolved->same_rows(in_force_->programs) && !load_policy(maps_, std::move(loaded)))) {
        ++failed_program_looks_;
        return;
    }
    in_force_->programs = std::move(*resolved);
}

void BpfSensor::look_at_links() {
    const auto still = pins_.attached();
    if (!still) return;  // says nothing of them; the next look may
    detached_.clear();
    std::ranges::set_difference(attached_, *still, std::inserter(detached_, detached_.end()));
}

std::vector<std::string> BpfSensor::policy_problems() const {
    auto all = in_force_ ? in_force_->programs.problems() : std::vector<std::string>{};
    if (!detached_.empty())
        all.push_back(
            fmt::format("Somebody detached programs of this agent, and what they see is not judged: "
                        "{}. Restarting the agent attaches them again.",
                        fmt::join(detached_, ", ")));
    return all;
}

Result<void> BpfSensor::keep_meters() {
    if (meters_.file.empty()) return {};
    auto clock = meter_clock(maps_);
    if (!clock) return fail(clock.error());
    return write_meters(meters_.file, {*clock, meters_in(maps_.meters)});
}

Result<InodeKey> BpfSensor::label(int fd, const Label& label) {
    auto value = to_kernel(label);
    if (!value) return fail(value.error());
    auto keys = kernel_keys(maps_, fd);
    if (!keys) return fail(keys.error());
    for (const auto& key : *keys)
        if (auto put = put_label(maps_, key, *value); !put) return fail(put.error());
    disks_.carry(maps_, keys->back().device, label);
    tending_.labels_came();
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

void BpfSensor::tend() {
    tending_.tend(maps_, pins_, Tending::Clock::now());
}

Result<std::size_t> BpfSensor::read_events(
    const std::function<Result<void>(std::span<const KernelEvent>)>& take) {
    return rings_.read([&](std::span<const KernelEvent> events) {
        for (const auto& event : events) {
            if (event.kind != KernelEventKind::kDerivedLabel) continue;
            disks_.carry(maps_, event.file.device, event.label);
            tending_.labels_came();
        }
        return take(events);
    });
}

void BpfSensor::sweep() {
    const bool crowded = count_entries(maps_.recent) > kernel::kMaxRecent * 3 / 4;
    kernel::sweep_request request{crowded ? kForgetSoonNs : kForgetAfterNs};
    LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &request, .ctx_size_in = sizeof request);
    if (::bpf_prog_test_run_opts(sweep_.get(), &options) != 0) ++failed_sweeps_;
    const bool reads = in_force_ && in_force_->programs.being_read > 0;
    if (++sweeps_ % kSweepsPerProgramLook == 0 || reads) look_at_programs();
    if (sweeps_ % kSweepsPerProgramLook == 0) look_at_links();
}

std::vector<Counter> BpfSensor::counters() const {
    std::vector<Counter> counters = read_losses(maps_);
    counters.push_back({"hook_missed", count_missed_runs(programs_)});
    for (auto& counter : tending_.counters())
        counters.push_back(std::move(counter));
    counters.push_back({"disks_not_labelled", disks_.failed()});
    counters.push_back({"event_undecodable", rings_.undecodable()});
    counters.push_back({"programs_detached", detached_.size()});
    counters.push_back({"event_sweep_failed", failed_sweeps_});
    counters.push_back({"programs_of_rules_not_found", in_force_ ? in_force_->programs.missing() : 0});
    counters.push_back(
        {"pinned_programs_with_other_content", in_force_ ? in_force_->programs.other_content.size() : 0});
    counters.push_back({"programs_of_rules_refused", in_force_ ? in_force_->programs.refused.size() : 0});
    counters.push_back({"pinned_programs_being_read", in_force_ ? in_force_->programs.being_read : 0});
    counters.push_back({"programs_of_rules_failed_to_look", failed_program_looks_});
    counters.push_back({"meters_restored", meters_.restored});
    counters.push_back({"meters_not_restored", meters_.damaged ? 1U : 0U});
    counters.push_back({"block_ring_waiting_bytes", rings_.waiting_bytes(KernelRing::kBlocks)});
    counters.push_back({"block_ring_size_bytes", kernel::kBlockRingBytes});
    counters.push_back({"event_ring_waiting_bytes", rings_.waiting_bytes(KernelRing::kOthers)});
    counters.push_back({"event_ring_size_bytes", kernel::kEventRingBytes});
    for (const auto& [name, map] : {std::pair{"labels", &maps_.labels}, std::pair{"meters", &maps_.meters},
                                    std::pair{"recent", &maps_.recent}})
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
