// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/fallback_sensor.h"

#include <fcntl.h>

#include "agent/fallback/device_node.h"
#include "agent/fallback/file_key.h"
#include "agent/fallback/name_rules.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"
#include "agent/sensor/policy_convert.h"
#include "agent/sensor/policy_loader.h"
#include "bpf/device_numbers.h"

namespace modelward::agent {

namespace {

constexpr unsigned kSweepsPerProgramLook = 10;

Result<KernelMaps> duplicate(const KernelMaps& maps) {
    KernelMaps copies;
    for (const auto& known : fallback_map_names()) {
        (copies.*known.fd).reset(::fcntl((maps.*known.fd).get(), F_DUPFD_CLOEXEC, 0));
        if (!(copies.*known.fd)) return fail_errno("duplicate a map's descriptor");
    }
    return copies;
}

// As process_taint.program: without the generation.
Result<std::vector<kernel::inode_key>> program_keys(int fd) {
    auto key = file_key(fd);
    if (!key) return fail(key.error());
    key->generation = 0;
    return std::vector{*key};
}

KernelProcess from_view(const ProcessView& view) {
    KernelProcess process;
    process.pid = static_cast<std::uint32_t>(view.pid);
    process.start_boot_ns = view.start_boot_ns;
    process.uid = view.uid;
    process.login_uid = view.login_uid;
    process.name = view.name;
    return process;
}

// Programs on sockets see no process: /proc is asked, as long as it is there.
void add_ancestors(KernelEvent& event, const Lineages& lineages) {
    if (!event.ancestors.empty()) return;
    const auto pid = static_cast<pid_t>(event.process.pid);
    const auto view = view_process(pid);
    const bool lives = view && is_same_start(view->start_boot_ns, event.process.start_boot_ns);
    for (const auto& ancestor : lives ? ancestors_of(*view) : lineages.of(pid, event.process.start_boot_ns))
        event.ancestors.push_back(from_view(ancestor));
}

// Programs on devices see their numbers.
void add_node(KernelEvent& event) {
    if (event.sink_device == 0 || !event.path.empty()) return;
    const bool block = event.point == rules::Operation::kRemovable ||
                       event.sink_device >> kernel::kMinorBits == kernel::kOpticalMajor;
    event.path = node_of(event.sink_device, block);
}

}  // namespace

Result<std::unique_ptr<FallbackSensor>> FallbackSensor::make(SensorInfo info, KernelMaps maps, Pins pins,
                                                             BpfSensor::Meters meters, UniqueFd ask,
                                                             std::string scope) {
    auto copies = duplicate(maps);
    if (!copies) return fail(copies.error());
    std::unique_ptr<FallbackSensor> sensor(new FallbackSensor(std::move(maps), std::move(ask)));
    auto tables = BpfSensor::make(std::move(info), std::move(*copies), std::move(pins), std::move(meters));
    if (!tables) return fail(tables.error());
    sensor->tables_ = std::move(*tables);
    sensor->state_ = std::make_unique<GateState>(sensor->maps_, sensor->ask_, std::move(scope));
    auto gate = FileGate::start(*sensor->state_);
    if (!gate) return fail(gate.error());
    sensor->gate_ = std::move(*gate);
    return sensor;
}

Result<void> FallbackSensor::apply(const rules::CompiledPolicy& policy, std::uint64_t version) {
    auto resolved = resolve_programs(policy, program_keys, digests_);
    if (!resolved) return fail(resolved.error());
    if (auto done = load(policy, version, *resolved); !done) return done;
    in_force_ = {policy, version, std::move(*resolved)};
    return {};
}

Result<void> FallbackSensor::load(const rules::CompiledPolicy& policy, std::uint64_t version,
                                  const ResolvedPrograms& programs) {
    auto converted = convert_policy(policy, version);
    if (!converted) return fail(converted.error());
    converted->programs = programs.rows;
    return load_policy(maps_, std::move(*converted));
}

std::vector<std::string> FallbackSensor::policy_problems() const {
    if (!in_force_) return {};
    auto all = in_force_->programs.problems();
    if (auto names = rules_of_names(in_force_->policy); !names.empty())
        all.push_back(name_rules_problem(names));
    return all;
}

// A program that was replaced (a package upgrade) is another inode under the same name.
void FallbackSensor::sweep() {
    state_->taints.sweep();
    const bool reads = in_force_ && in_force_->programs.being_read > 0;
    if (++sweeps_ % kSweepsPerProgramLook != 0 && !reads) return;
    if (!in_force_ || in_force_->programs.still_holds()) return;
    auto resolved = resolve_programs(in_force_->policy, program_keys, digests_);
    if (!resolved || (!resolved->same_rows(in_force_->programs) &&
                      !load(in_force_->policy, in_force_->version, *resolved))) {
        ++failed_program_looks_;
        return;
    }
    in_force_->programs = std::move(*resolved);
}

Result<kernel::inode_key> FallbackSensor::put(int fd, const kernel::label& label) {
    auto key = file_key(fd);
    if (!key) return fail(key.error());
    // First the mark: a label that nobody looks at would be worse than a look at a file that has none.
    if (!gate_->watch(fd)) return fail_errno("have opens of a labelled file held");
    if (auto put = put_label(maps_, *key, label); !put) return fail(put.error());
    return *key;
}

Result<InodeKey> FallbackSensor::label(int fd, const Label& label) {
    auto value = to_kernel(label);
    if (!value) return fail(value.error());
    auto key = put(fd, *value);
    if (!key) return fail(key.error());
    return from_kernel(*key);
}

Result<InodeKey> FallbackSensor::clear_label(int fd) {
    auto key = file_key(fd);
    if (!key) return fail(key.error());
    if (::bpf_map_delete_elem(maps_.labels.get(), &*key) != 0 && errno != ENOENT)
        return fail_errno("clear a label");
    gate_->unwatch(fd);
    return from_kernel(*key);
}

Result<std::optional<Label>> FallbackSensor::label_of(int fd) {
    auto key = file_key(fd);
    if (!key) return fail(key.error());
    auto label = get_label(maps_, *key);
    // The labels outlive the agent, and the marks on files do not: a file that is shown is marked again.
    if (label && *label) gate_->watch(fd);
    return label;
}

Result<std::vector<InodeKey>> FallbackSensor::keys_of(int fd) {
    auto key = file_key(fd);
    if (!key) return fail(key.error());
    return std::vector{from_kernel(*key)};
}

Result<std::size_t> FallbackSensor::read_events(
    const std::function<Result<void>(std::span<const KernelEvent>)>& take) {
    return tables_->read_events([&](std::span<const KernelEvent> events) {
        std::vector<KernelEvent> told(events.begin(), events.end());
        for (auto& event : told) {
            add_ancestors(event, state_->lineages);
            add_node(event);
        }
        return take(told);
    });
}

std::vector<Counter> FallbackSensor::counters() const {
    auto all = tables_->counters();
    // What the tables' own sensor counts of programs is not about this one, nor does it look at its links.
    std::erase_if(all, [](const Counter& one) {
        return one.name == "programs_detached" || one.name.starts_with("programs_of_rules") ||
               one.name.starts_with("pinned_programs");
    });
    all.push_back({"programs_of_rules_not_found", in_force_ ? in_force_->programs.missing() : 0});
    all.push_back(
        {"pinned_programs_with_other_content", in_force_ ? in_force_->programs.other_content.size() : 0});
    all.push_back({"programs_of_rules_refused", in_force_ ? in_force_->programs.refused.size() : 0});
    all.push_back({"rules_of_names_not_evaluated", in_force_ ? rules_of_names(in_force_->policy).size() : 0});
    all.push_back({"pinned_programs_being_read", in_force_ ? in_force_->programs.being_read : 0});
    all.push_back({"programs_of_rules_failed_to_look", failed_program_looks_});
    const auto& gate = state_->counters;
    for (const auto& [name, value] : {
             std::pair{"opens_judged", &gate.judged},
             std::pair{"opens_refused", &gate.refused},
             std::pair{"opens_refused_reader_unknown", &gate.refused_unknown},
             std::pair{"opens_refused_late", &gate.refused_late},
             std::pair{"written_files_lost_queue_full", &gate.overflows},
             std::pair{"labelled_files_unwatched", &gate.unwatched},
             std::pair{"media_not_held", &gate.media_not_held},
             std::pair{"mounts_without_derived_labels", &gate.mounts_unheard},
             std::pair{"derived_labels_lost", &gate.derived_lost},
             std::pair{"connections_broken_off", &gate.broken_off},
             std::pair{"connections_not_broken_off", &gate.not_broken_off},
         })
        all.push_back({name, value->load()});
    return all;
}

Result<void> FallbackSensor::remove() {
    gate_.reset();
    return tables_->remove();
}

}  // namespace modelward::agent
