// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/guard_report.h"

#include <array>
#include <string>

namespace modelward::agent {
namespace {

struct Attempt {
    std::string_view name;
    std::string_view what;
};

// As GuardOperation, from kKill.
constexpr std::array<Attempt, 15> kAttempts = {{
    {"kill", "sent a signal to the agent"},
    {"ptrace", "wanted to trace or write the agent's memory"},
    {"bpf", "asked for one of the agent's maps, programs or links"},
    {"write", "wanted to write a file of the agent"},
    {"read", "wanted to read a secret of the agent"},
    {"unlink", "wanted to remove a file or pin of the agent"},
    {"rename", "wanted to rename or replace a file or pin of the agent"},
    {"create", "wanted to add a file to the agent's"},
    {"attributes", "wanted to change owner, mode or flags of a file of the agent"},
    {"lock", "wanted to lock the agent out of its pins"},
    {"mount", "wanted to mount over what the agent needs"},
    {"unmount", "wanted to unmount what the agent needs"},
    {"module", "wanted to load a kernel module while carrying classified bytes"},
    {"kexec", "wanted to load another kernel while carrying classified bytes"},
    {"limit", "wanted to change the agent's resource limits"},
}};

const Attempt& attempt_of(const KernelEvent& event) {
    static constexpr Attempt kUnknown{"tamper", "did something against the agent"};
    const auto place =
        static_cast<std::size_t>(event.operation) - static_cast<std::size_t>(GuardOperation::kKill);
    return place < kAttempts.size() ? kAttempts[place] : kUnknown;
}

void fill_rule(wire::Event& built, std::uint64_t policy_version, const std::string& message) {
    auto& rule = *built.mutable_rule();
    rule.set_id(std::string(kGuardRuleId));
    rule.set_title("Tampering with the Modelward agent");
    rule.set_level("high");
    rule.set_bundle_version(policy_version);
    rule.set_message(message);
    built.set_reason(message);
}

}  // namespace

std::string_view guard_operation(const KernelEvent& event) {
    return attempt_of(event).name;
}

void fill_guard_rule(const KernelEvent& event, wire::Event& built) {
    fill_rule(built, event.policy_version,
              "The process " + std::string(attempt_of(event).what) + "; it was refused.");
}

wire::Event agent_ended_event(std::uint32_t pid, std::int64_t start_unix_ns, std::uint64_t policy_version) {
    wire::Event built;
    built.set_kind(wire::EVENT_KIND_VERDICT);
    built.set_verdict(wire::VERDICT_ALERT);
    built.set_count(1);
    built.set_operation("ended");
    built.mutable_process()->set_pid(pid);
    built.mutable_process()->set_start_unix_ns(start_unix_ns);
    built.mutable_process()->set_name("modelwardd");
    fill_rule(
        built, policy_version,
        "The agent ended without having been asked to: the kernel or somebody killed it, or it crashed "
        "(the system's journal says which). Enforcement went on in the kernel, and an agent runs again.");
    return built;
}

}  // namespace modelward::agent
