// SPDX-License-Identifier: Apache-2.0
// The sensors of this host, strongest first: lsm, fmod_ret, and the fallback where the kernel refuses both.
//
// Errors as of agent/sensor/start.h; kUnsupported names what was tried of all three.
#pragma once

#include "agent/sensor/start.h"

namespace modelward::agent {

// Needs what start_sensor() needs, and for the fallback CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_SYS_PTRACE and a
// cgroup2 hierarchy. Starts threads, that of fanotify among them.
Result<std::unique_ptr<Sensor>> start_strongest_sensor(const SensorOptions& options);

// As check_host(), for all three.
Result<HostCheck> check_host_for_any(const SensorOptions& options);

}  // namespace modelward::agent
