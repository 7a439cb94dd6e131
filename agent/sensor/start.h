// SPDX-License-Identifier: Apache-2.0
// Starts the strongest sensor that this host's kernel takes, or takes over the one that is already running.
//
// Errors: kUnsupported: the kernel refuses every way in (the message says which were tried and what it
// answered), or the programs loaded but their hooks do not fire. kConflict: another agent holds the pins, or
// they are of another layout. kIo: the pin directory. After an error nothing is left attached or pinned that
// was not there before.
#pragma once

#include <filesystem>
#include <memory>

#include "agent/sensor/sensor.h"

namespace modelward::agent {

struct SensorOptions {
    std::filesystem::path pin_directory = "/sys/fs/bpf/modelward";  // on a bpffs; made if it does not exist
};

// Needs CAP_BPF, CAP_PERFMON (and CAP_SYS_RESOURCE before 5.11); exempts the calling process.
Result<std::unique_ptr<Sensor>> start_sensor(const SensorOptions& options);

}  // namespace modelward::agent
