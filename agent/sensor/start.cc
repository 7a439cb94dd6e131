// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/start.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/sensor/bpf_sensor.h"
#include "agent/sensor/exemption.h"
#include "agent/sensor/kernel_functions.h"
#include "agent/sensor/self_test.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr std::string_view kBlindSpots[] = {
    "stores into a mapping that was made before the process became tainted",
    "vmsplice and tee into pipes, and splice from a pipe by a process that is not tainted itself",
    "memory shared between processes (shm, process_vm_readv, ptrace) and System V or POSIX message queues",
    "device mapper, loop and network block devices that lie on removable media",
    "sockets other than IPv4, IPv6 and connected unix sockets",
};

// bpf/hook.bpf.h says why.
constexpr std::string_view kPreempted =
    "if this kernel preempts itself: an operation while another task is preempted inside the same hook on "
    "the same "
    "CPU (counted as hook_missed)";

std::string kernel_release() {
    utsname name;
    return ::uname(&name) == 0 ? name.release : "";
}

SensorInfo describe(AttachMode mode, bool adopted) {
    SensorInfo info{to_string(mode), kernel_release(), adopted, {}};
    if (auto functions = KernelFunctions::read()) info.blind_spots = functions->blind_spots();
    if (mode == AttachMode::kFmodRet) info.blind_spots.emplace_back(kPreempted);
    info.blind_spots.insert(info.blind_spots.end(), std::begin(kBlindSpots), std::end(kBlindSpots));
    return info;
}

Result<kernel::installation> installed_in(const KernelMaps& maps) {
    const std::uint32_t zero = 0;
    kernel::installation installed;
    if (::bpf_map_lookup_elem(maps.installed.get(), &zero, &installed) != 0)
        return fail_errno("read what is installed");
    return installed;
}

Result<void> set_installed(const KernelMaps& maps, kernel::installation installed, AttachMode mode) {
    installed.build = programs_build();
    installed.layout = kernel::kLayout;
    installed.mode = static_cast<std::uint32_t>(mode);
    const std::uint32_t zero = 0;
    return map_put(maps.installed, zero, installed, "note what is installed");
}

// The self-test needs an exempt process; the agent has to be one anyway.
Result<void> prove(const KernelMaps& maps) {
    if (auto exempted = exempt_process(maps, ::getpid()); !exempted) return exempted;
    return self_test(maps);
}

// Attached and proven, in the strongest way that works.
struct Started {
    AttachMode mode;
    AttachedPrograms programs;
};

Result<Started> attach_strongest(const KernelMaps* reuse) {
    std::string tried;
    for (const AttachMode mode : modes_to_try()) {
        auto programs = attach_programs(mode, reuse);
        if (programs) {
            auto proven = prove(programs->maps);
            if (proven) return Started{mode, std::move(*programs)};
            programs = fail(proven.error().with_context(to_string(mode)));
        }
        tried += (tried.empty() ? "" : "; ") + programs.error().message();
    }
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("this kernel ({}) takes neither LSM nor fmod_ret programs: {}", kernel_release(), tried));
}

Result<std::unique_ptr<Sensor>> start_fresh(Pins pins) {
    auto started = attach_strongest(nullptr);
    if (!started) {
        (void)pins.remove();
        return fail(started.error());
    }
    auto pinned = pins.pin(started->programs);
    if (pinned) pinned = set_installed(started->programs.maps, {}, started->mode);
    if (!pinned) {
        (void)pins.remove();
        return fail(pinned.error());
    }
    return BpfSensor::make(describe(started->mode, false), std::move(started->programs.maps),
                           std::move(pins));
}

// The same programs are at work: nothing is loaded.
Result<std::unique_ptr<Sensor>> adopt(Pins pins, KernelMaps maps, AttachMode mode) {
    if (auto proven = prove(maps); !proven) return fail(proven.error());
    return BpfSensor::make(describe(mode, true), std::move(maps), std::move(pins));
}

// Other programs over the same tables: both judge for a moment, none does not.
Result<std::unique_ptr<Sensor>> upgrade(Pins pins, const KernelMaps& maps,
                                        const kernel::installation& installed) {
    auto started = attach_strongest(&maps);
    if (!started) return fail(started.error());
    if (auto replaced = pins.replace_programs(started->programs); !replaced) return fail(replaced.error());
    if (auto noted = set_installed(started->programs.maps, installed, started->mode); !noted)
        return fail(noted.error());
    return BpfSensor::make(describe(started->mode, true), std::move(started->programs.maps), std::move(pins));
}

}  // namespace

Result<std::unique_ptr<Sensor>> start_sensor(const SensorOptions& options) {
    auto pins = Pins::open(options.pin_directory);
    if (!pins) {
        // No BPF file system. If the kernel refuses the programs anyway, that is what the admin has to know.
        if (pins.error().code() == ErrorCode::kIo)
            if (auto tried = attach_strongest(nullptr); !tried) return fail(tried.error());
        return fail(pins.error());
    }
    auto maps = pins->open_maps();
    if (!maps) return fail(maps.error());
    if (!*maps) {
        if (auto cleared = pins->clear(); !cleared) return fail(cleared.error());
        return start_fresh(std::move(*pins));
    }
    auto installed = installed_in(**maps);
    if (!installed) return fail(installed.error());
    if (installed->layout == 0) {  // the rest of a start that did not finish
        if (auto cleared = pins->clear(); !cleared) return fail(cleared.error());
        return start_fresh(std::move(*pins));
    }
    if (installed->layout != kernel::kLayout)
        return fail(
            ErrorCode::kConflict,
            fmt::format("{} holds tables of layout {}; this agent knows layout {}: stop enforcement with the "
                        "agent that made them, then start this one",
                        options.pin_directory.string(), installed->layout, int{kernel::kLayout}));
    if (installed->build == programs_build() && !pins->open_programs().empty())
        return adopt(std::move(*pins), std::move(**maps), static_cast<AttachMode>(installed->mode));
    return upgrade(std::move(*pins), **maps, *installed);
}

}  // namespace modelward::agent
