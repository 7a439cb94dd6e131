// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/start.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/fallback/attach.h"
#include "agent/fallback/blind_spots.h"
#include "agent/fallback/self_test.h"
#include "agent/sensor/installation.h"

namespace modelward::agent {

namespace {

SensorInfo describe(bool adopted) {
    utsname name;
    return {"fallback", ::uname(&name) == 0 ? name.release : "", adopted, fallback_blind_spots(),
            "processes that are tainted already stay judged on the network, and nothing else is enforced"};
}

std::filesystem::path pinned_program(const SensorOptions& options, std::string_view name) {
    return options.pin_directory / "programs" / name;
}

// The cgroup that pinned programs are attached to: another one now, or one that is gone, means other links.
bool is_attached_to(const SensorOptions& options, const CgroupScope& scope) {
    const UniqueFd link(::bpf_obj_get((options.pin_directory / "links/egress").c_str()));
    bpf_link_info info{};
    std::uint32_t size = sizeof info;
    return link && ::bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 &&
           info.cgroup.cgroup_id == scope.id;
}

Result<std::unique_ptr<Sensor>> make_proven(SensorInfo info, KernelMaps maps, Pins pins,
                                            BpfSensor::Meters meters, UniqueFd ask,
                                            const CgroupScope& scope) {
    auto sensor = FallbackSensor::make(std::move(info), std::move(maps), std::move(pins), std::move(meters),
                                       std::move(ask), scope.name);
    if (!sensor) return fail(sensor.error());
    if (auto exempted = (*sensor)->exempt(::getpid()); !exempted) return fail(exempted.error());
    if (auto proven = self_test(**sensor, scope); !proven) return fail(proven.error());
    return std::unique_ptr<Sensor>(std::move(*sensor));
}

Result<std::unique_ptr<Sensor>> start_fresh(const SensorOptions& options, Pins pins,
                                            const CgroupScope& scope) {
    if (auto cleared = pins.clear(); !cleared) return fail(cleared.error());
    auto attached = attach_fallback(scope.fd.get(), nullptr);
    auto pinned = attached ? pins.pin(*attached) : Result<void>(fail(attached.error()));
    kernel::installation installed{};
    BpfSensor::Meters meters;
    if (pinned) {
        meters = put_back_meters(attached->maps, options.meters_file, installed);
        pinned = note_installed(attached->maps.installed, installed, fallback_build(), AttachMode::kFallback);
    }
    if (!pinned) {
        (void)pins.remove();
        return fail(pinned.error());
    }
    UniqueFd ask(::bpf_obj_get(pinned_program(options, "ask").c_str()));
    auto sensor = ask ? make_proven(describe(false), std::move(attached->maps), std::move(pins),
                                    std::move(meters), std::move(ask), scope)
                      : Result<std::unique_ptr<Sensor>>(fail_errno("open the pinned program ask"));
    if (!sensor)
        if (const auto left = Pins::open(options.pin_directory)) (void)left->remove();
    return sensor;
}

Result<std::unique_ptr<Sensor>> take_over(const SensorOptions& options, Pins pins, KernelMaps maps,
                                          const kernel::installation& installed, const CgroupScope& scope) {
    if (installed.layout != kernel::kLayout)
        return fail(ErrorCode::kConflict,
                    fmt::format("{} holds tables of layout {}; this agent knows layout {}",
                                options.pin_directory.string(), installed.layout, int{kernel::kLayout}));
    if (installed.build != fallback_build() || !is_attached_to(options, scope)) {
        auto attached = attach_fallback(scope.fd.get(), &maps);
        if (!attached) return fail(attached.error());
        if (auto replaced = pins.replace_programs(*attached); !replaced) return fail(replaced.error());
        if (auto noted = note_installed(maps.installed, installed, fallback_build(), AttachMode::kFallback);
            !noted)
            return fail(noted.error());
    }
    UniqueFd ask(::bpf_obj_get(pinned_program(options, "ask").c_str()));
    if (!ask) return fail_errno("open the pinned program ask");
    return make_proven(describe(true), std::move(maps), std::move(pins), {options.meters_file},
                       std::move(ask), scope);
}

Result<std::unique_ptr<Sensor>> start_fallback(const SensorOptions& options) {
    auto scope = open_cgroup_scope(options.cgroup);
    if (!scope) return fail(scope.error());
    auto pins = Pins::open(options.pin_directory);
    if (!pins) return fail(pins.error());
    auto maps = pins->open_maps();
    if (!maps) return fail(maps.error());
    if (!*maps && pins->layout() != 0)
        return fail(
            ErrorCode::kConflict,
            fmt::format("{} holds other tables than this agent knows: end enforcement with the agent that "
                        "made them, then start this one",
                        options.pin_directory.string()));
    if (!*maps) return start_fresh(options, std::move(*pins), *scope);
    auto installed = installed_in((*maps)->installed);
    if (!installed) return fail(installed.error());
    if (installed->layout == 0) return start_fresh(options, std::move(*pins), *scope);
    return take_over(options, std::move(*pins), std::move(**maps), *installed, *scope);
}

// What a finished installation runs, if there is one.
Result<std::optional<AttachMode>> running_mode(const SensorOptions& options) {
    auto maps = Pins::maps_in(options.pin_directory);
    if (!maps) return fail(maps.error());
    if (!*maps) return std::nullopt;
    auto installed = installed_in((*maps)->installed);
    if (!installed) return fail(installed.error());
    if (installed->layout == 0) return std::nullopt;
    return static_cast<AttachMode>(installed->mode);
}

Error both(const Error& stronger, const Error& fallback) {
    return Error(fallback.code(), stronger.message() + "; " + fallback.message());
}

}  // namespace

Result<std::unique_ptr<Sensor>> start_strongest_sensor(const SensorOptions& options) {
    auto running = running_mode(options);
    if (!running) return fail(running.error());
    if (*running == AttachMode::kFallback || (options.only_fallback && !*running))
        return start_fallback(options);
    auto sensor = start_sensor(options);
    if (sensor || sensor.error().code() != ErrorCode::kUnsupported) return sensor;
    auto fallback = start_fallback(options);
    if (!fallback) return fail(both(sensor.error(), fallback.error()));
    return fallback;
}

Result<HostCheck> check_host_for_any(const SensorOptions& options) {
    std::error_code error;
    const bool was_there = std::filesystem::exists(options.pin_directory, error);
    auto running = running_mode(options);
    if (!running) return fail(running.error());
    if (*running == AttachMode::kFallback) {
        auto held = Pins::are_held(options.pin_directory);
        if (!held) return fail(held.error());
        return HostCheck{describe(true), *held ? Enforcement::kByAgent : Enforcement::kWithoutAgent};
    }
    std::optional<Error> stronger;
    if (!options.only_fallback || *running) {
        auto host = check_host(options);
        if (host || host.error().code() != ErrorCode::kUnsupported) return host;
        stronger = host.error();
    }
    auto sensor = start_fallback(options);
    if (!sensor) return fail(stronger ? both(*stronger, sensor.error()) : sensor.error());
    auto info = (*sensor)->info();
    if (auto removed = (*sensor)->remove(); !removed) return fail(removed.error());
    if (was_there) std::filesystem::create_directory(options.pin_directory, error);
    return HostCheck{std::move(info), Enforcement::kNone};
}

}  // namespace modelward::agent
