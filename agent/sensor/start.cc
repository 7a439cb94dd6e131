// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/start.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "agent/sensor/bpf_sensor.h"
#include "agent/sensor/cgroup_root.h"
#include "agent/sensor/exemption.h"
#include "agent/sensor/guard_table.h"
#include "agent/sensor/installation.h"
#include "agent/sensor/kernel_functions.h"
#include "agent/sensor/meter_file.h"
#include "agent/sensor/self_test.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::string_view kBlindSpots[] = {
    "stores into a shared mapping that was made before the process became tainted are followed up to a "
    "second late where the mapping is not inherited; on a sink's file they are followed only where the taint "
    "came from a file, not from a pipe or "
    "socket",
    "a file read before its label came and closed again by then",
    "/proc/PID/mem that was opened before its process became tainted",
    "before 6.5, one splice from an empty pipe to a socket: what it moves until the pipe runs empty",
    "pieces below a 64th of min_flow, and pieces that add up to less than eight times min_flow a day",
    "connections whose addresses this host translates (published ports of containers, NAT)",
    "terminals (pty) and other character devices between processes",
    "device files that only their driver knows (hidraw, nvme-generic), network disks without a number of "
    "their "
    "own (rbd, iSCSI), and loop devices inside a device mapper when files are read",
    "XDP sockets that were bound before the process became tainted",
    "names of destinations (destination.domain) that are asked for by encrypted DNS or DNS over TCP, in "
    "another network namespace, or of a resolver that /etc/resolv.conf does not name, or said in "
    "QUIC, in an encrypted ClientHello, by MPTCP, or over several segments; a name is what the sender says, "
    "and "
    "the send that says it is judged before it is known",
};

// bpf/hook.bpf.h says why.
constexpr std::string_view kPreempted =
    "if this kernel preempts itself: an operation while another task is preempted inside the same hook on "
    "the same "
    "CPU (counted as hook_missed)";

constexpr std::string_view kNoNames =
    "names of destinations: this host has no cgroup2 hierarchy at /sys/fs/cgroup";

std::string kernel_release() {
    utsname name;
    return ::uname(&name) == 0 ? name.release : "";
}

SensorInfo describe(AttachMode mode, bool adopted) {
    SensorInfo info{to_string(mode), kernel_release(), adopted, {}};
    if (auto functions = KernelFunctions::read()) info.blind_spots = functions->blind_spots();
    if (mode == AttachMode::kFmodRet) info.blind_spots.emplace_back(kPreempted);
    if (!open_cgroup_root()) info.blind_spots.emplace_back(kNoNames);
    info.blind_spots.insert(info.blind_spots.end(), std::begin(kBlindSpots), std::end(kBlindSpots));
    return info;
}

// The self-test needs an exempt process; the agent has to be one anyway. Where enforcement was `running`, the
// kernel is known to take the programs: what fails is trouble of the moment (old ones still detaching).
Result<void> prove(const KernelMaps& maps, bool running) {
    if (auto exempted = exempt_process(maps, ::getpid()); !exempted) return exempted;
    auto tested = self_test(maps);
    if (!tested && running && tested.error().code() == ErrorCode::kUnsupported)
        return fail(ErrorCode::kUnavailable, tested.error().message());
    return tested;
}

// Attached and proven, in the strongest way that works.
struct Started {
    AttachMode mode;
    AttachedPrograms programs;
};

Result<Started> attach_strongest(const KernelMaps* reuse) {
    std::string tried;
    ErrorCode code = ErrorCode::kUnsupported;
    for (const AttachMode mode : modes_to_try()) {
        auto programs = attach_programs(mode, reuse);
        if (programs) {
            auto proven = prove(programs->maps, reuse != nullptr);
            if (proven) return Started{mode, std::move(*programs)};
            programs = fail(proven.error().with_context(to_string(mode)));
        }
        tried += (tried.empty() ? "" : "; ") + programs.error().message();
        if (code == ErrorCode::kUnsupported) code = programs.error().code();
    }
    if (code != ErrorCode::kUnsupported)
        return fail(code, fmt::format("the sensor could not be started now: {}", tried));
    return fail(code, fmt::format("this kernel ({}) takes neither LSM nor fmod_ret programs: {}",
                                  kernel_release(), tried));
}

Result<std::unique_ptr<Sensor>> start_fresh(Pins pins, const std::filesystem::path& meters_file) {
    auto started = attach_strongest(nullptr);
    if (!started) {
        (void)pins.remove();
        return fail(started.error());
    }
    auto pinned = pins.pin(started->programs);
    kernel::installation installed{};
    auto meters = put_back_meters(started->programs.maps, meters_file, installed);
    if (pinned)
        pinned = note_installed(started->programs.maps.installed, installed, programs_build(), started->mode);
    if (!pinned) {
        (void)pins.remove();
        return fail(pinned.error());
    }
    return BpfSensor::make(describe(started->mode, false), std::move(started->programs.maps), std::move(pins),
                           std::move(meters));
}

// The same programs are at work: nothing is loaded.
Result<std::unique_ptr<Sensor>> adopt(Pins pins, KernelMaps maps, AttachMode mode,
                                      const std::filesystem::path& meters_file) {
    if (auto proven = prove(maps, true); !proven) return fail(proven.error());
    return BpfSensor::make(describe(mode, true), std::move(maps), std::move(pins), {meters_file});
}

// Other programs over the same tables: both judge for a moment, none does not.
Result<std::unique_ptr<Sensor>> upgrade(Pins pins, const KernelMaps& maps,
                                        const kernel::installation& installed,
                                        const std::filesystem::path& meters_file) {
    auto started = attach_strongest(&maps);
    if (!started) return fail(started.error());
    if (auto replaced = pins.replace_programs(started->programs); !replaced) return fail(replaced.error());
    if (auto noted =
            note_installed(started->programs.maps.installed, installed, programs_build(), started->mode);
        !noted)
        return fail(noted.error());
    return BpfSensor::make(describe(started->mode, true), std::move(started->programs.maps), std::move(pins),
                           {meters_file});
}

// No BPF file system. If the kernel refuses the programs anyway, that is what the admin has to know.
Error or_refusal_of_kernel(const Error& no_pins) {
    if (no_pins.code() != ErrorCode::kIo) return no_pins;
    auto tried = attach_strongest(nullptr);
    return !tried && tried.error().code() == ErrorCode::kUnsupported ? tried.error() : no_pins;
}

// A program goes when the last reference to its link does, a moment after the pin.
Result<void> await_end(const std::vector<std::uint32_t>& links) {
    constexpr int kTries = 200;
    constexpr auto kPause = std::chrono::milliseconds(10);
    std::size_t left = 0;
    for (int i = 0; i < kTries; ++i) {
        left = static_cast<std::size_t>(std::ranges::count_if(links, [](std::uint32_t id) {
            return static_cast<bool>(UniqueFd(::bpf_link_get_fd_by_id(id)));
        }));
        if (left == 0) return {};
        std::this_thread::sleep_for(kPause);
    }
    return fail(
        ErrorCode::kConflict,
        fmt::format("the pins are gone, and {} of {} programs are still at work: another process holds "
                    "them; end it, or restart this host",
                    left, links.size()));
}

// What is pinned and finished, if anything is.
Result<std::optional<kernel::installation>> running_in(const std::filesystem::path& directory) {
    auto maps = Pins::maps_in(directory);
    if (!maps) return fail(maps.error());
    if (!*maps) return std::nullopt;
    auto installed = installed_in((*maps)->installed);
    if (!installed) return fail(installed.error());
    if (installed->layout == 0) return std::nullopt;
    return *installed;
}

}  // namespace

BpfSensor::Meters put_back_meters(const KernelMaps& maps, const std::filesystem::path& file,
                                  kernel::installation& installed) {
    BpfSensor::Meters meters{file};
    installed.clock_offset_ns = clock_offset(0);
    if (file.empty()) return meters;
    const auto saved = read_meters(file);
    if (saved) {
        installed.clock_offset_ns = clock_offset(saved->clock_ns);
        if (put_meters(maps.meters, *saved)) meters.restored = saved->meters.size();
    }
    meters.damaged =
        saved ? meters.restored != saved->meters.size() : saved.error().code() != ErrorCode::kNotFound;
    return meters;
}

Result<HostCheck> check_host(const SensorOptions& options) {
    const auto& directory = options.pin_directory;
    std::error_code error;
    const bool was_there = std::filesystem::exists(directory, error);
    if (was_there) {
        auto held = Pins::are_held(directory);
        if (!held) return fail(held.error());
        auto running = running_in(directory);
        if (!running) return fail(running.error());
        if (*running)
            return HostCheck{describe(static_cast<AttachMode>((*running)->mode), true),
                             *held ? Enforcement::kByAgent : Enforcement::kWithoutAgent};
    }
    auto pins = Pins::open(directory);
    if (!pins) return fail(or_refusal_of_kernel(pins.error()));
    auto started = attach_strongest(nullptr);
    if (!was_there)
        if (auto removed = pins->remove(); !removed) return fail(removed.error());
    if (!started) return fail(started.error());
    return HostCheck{describe(started->mode, false), Enforcement::kNone};
}

Result<GuardStatus> guard_of(const SensorOptions& options) {
    auto guard = Pins::map_in(options.pin_directory, "guard");
    if (!guard && guard.error().code() == ErrorCode::kNotFound)
        return GuardStatus{};  // or the fallback's pins
    if (!guard) return fail(guard.error());
    KernelMaps maps;
    maps.guard = std::move(*guard);
    bpf_map_info info{};
    std::uint32_t size = sizeof info;
    if (::bpf_obj_get_info_by_fd(maps.guard.get(), &info, &size) != 0) return fail_errno("look at the guard");
    if (info.value_size != sizeof(kernel::guard_state))
        return fail(ErrorCode::kConflict, "the pinned guard is another version's");
    return guard_status(maps);
}

Result<bool> end_enforcement(const SensorOptions& options) {
    std::error_code error;
    if (!std::filesystem::exists(options.pin_directory, error) && !error) return false;
    auto pins = Pins::open(options.pin_directory);
    if (!pins) return fail(pins.error());
    const auto links = pins->link_ids();
    if (auto removed = pins->remove(); !removed) return fail(removed.error());
    if (auto ended = await_end(links); !ended) return fail(ended.error());
    return true;
}

Result<std::unique_ptr<Sensor>> start_sensor(const SensorOptions& options) {
    auto pins = Pins::open(options.pin_directory);
    if (!pins) return fail(or_refusal_of_kernel(pins.error()));
    // Looked at first: another layout may have other tables, which must not look like a start that did not
    // finish.
    const auto layout = pins->layout();
    if (layout != 0 && layout != kernel::kLayout)
        return fail(
            ErrorCode::kConflict,
            fmt::format("{} holds tables of layout {}; this agent knows layout {}: stop enforcement with the "
                        "agent that made them, then start this one",
                        options.pin_directory.string(), layout, int{kernel::kLayout}));
    auto maps = pins->open_maps();
    if (!maps) return fail(maps.error());
    if (layout == 0) {  // nothing, or the rest of a start that did not finish
        if (auto cleared = pins->clear(); !cleared) return fail(cleared.error());
        return start_fresh(std::move(*pins), options.meters_file);
    }
    if (!*maps)
        return fail(ErrorCode::kConflict,
                    fmt::format("{} lacks one of the tables that enforcement works with: end enforcement "
                                "(modelwardd --remove), then start the agent again",
                                options.pin_directory.string()));
    auto installed = installed_in((*maps)->installed);
    if (!installed) return fail(installed.error());
    // What somebody detached or unpinned is attached again, like another build.
    if (installed->build == programs_build() && !pins->open_programs().empty() && pins->detached().empty())
        return adopt(std::move(*pins), std::move(**maps), static_cast<AttachMode>(installed->mode),
                     options.meters_file);
    return upgrade(std::move(*pins), **maps, *installed, options.meters_file);
}

}  // namespace modelward::agent
