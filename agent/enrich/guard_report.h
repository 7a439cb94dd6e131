// SPDX-License-Identifier: Apache-2.0
// Refused attempts on the agent, as an analyst reads them: a rule that no bundle has, built in.
#pragma once

#include <string_view>

#include "agent/sensor/kernel_event.h"
#include "wire/modelward.pb.h"

namespace modelward::agent {

inline constexpr std::string_view kGuardRuleId = "6d0de1a2-0000-4000-8000-000000000001";

// "kill", "ptrace", "bpf", "write", "unlink", "mount", ...
std::string_view guard_operation(const KernelEvent& event);

void fill_guard_rule(const KernelEvent& event, wire::Event& built);

// An agent under the guard ended without having been asked to. Its own process stands for the culprit, who is
// not known.
wire::Event agent_ended_event(std::uint32_t pid, std::int64_t start_unix_ns, std::uint64_t policy_version);

}  // namespace modelward::agent
