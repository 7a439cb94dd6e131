// SPDX-License-Identifier: Apache-2.0
// Starts the strongest sensor that this host's kernel takes, or takes over the one that is already running.
//
// Errors: kUnsupported: the kernel refuses every way in for good (the message says which were tried and what
// it answered), or the programs loaded but their hooks do not fire. kUnavailable: memory or descriptors ran
// out, or the self-test failed where enforcement is running already; another try may succeed. kConflict:
// another agent holds the pins, or they are of another layout. kIo: the pin directory, or the self-test's own
// means. After an error nothing is left attached or pinned that was not there before.
#pragma once

#include <filesystem>
#include <memory>

#include "agent/sensor/bpf_sensor.h"

namespace modelward::agent {

struct SensorOptions {
    std::filesystem::path pin_directory = "/sys/fs/bpf/modelward";  // on a bpffs; made if it does not exist
    std::filesystem::path meters_file{};  // where meters are kept over a reboot; empty: nowhere
    // Of the fallback only (agent/fallback/start.h).
    std::filesystem::path cgroup{};  // whose processes are judged; empty: all
    bool only_fallback = false;      // even where the kernel takes a stronger one
};

// Needs CAP_BPF, CAP_PERFMON (and CAP_SYS_RESOURCE before 5.11); exempts the calling process.
Result<std::unique_ptr<Sensor>> start_sensor(const SensorOptions& options);

// For a fresh start: what `file` kept goes into the map of meters, and their clock into `installed`. Nothing
// is charged before a policy is in force, so nothing is lost in between.
BpfSensor::Meters put_back_meters(const KernelMaps& maps, const std::filesystem::path& file,
                                  kernel::installation& installed);

enum class Enforcement { kNone, kWithoutAgent, kByAgent };

struct HostCheck {
    SensorInfo info;  // of the sensor at work, or of the one that would start
    Enforcement running;
};

// Whether this host enforces or could. Looks at what runs, and neither takes it over nor replaces it; only
// where nothing does, programs are attached for a moment. Errors as of start_sensor().
Result<HostCheck> check_host(const SensorOptions& options);

// The guard of what is pinned, whether an agent runs or not; nothing is pinned: it is off. kDenied: this
// process is none that it trusts.
Result<GuardStatus> guard_of(const SensorOptions& options);

// Takes down what is pinned, whichever build pinned it; starts nothing. False: there was nothing. kConflict:
// an agent is running, or a program is still at work; kIo: something could not be removed.
Result<bool> end_enforcement(const SensorOptions& options);

}  // namespace modelward::agent
