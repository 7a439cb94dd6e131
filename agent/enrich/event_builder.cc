// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/event_builder.h"

#include <arpa/inet.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "agent/enrich/block_device.h"
#include "agent/enrich/guard_report.h"
#include "agent/enrich/process_facts.h"
#include "base/utf8.h"

namespace modelward::agent {
namespace {

std::int64_t nanoseconds(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::string address_text(const std::array<std::uint8_t, 16>& address) {
    constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (std::equal(kMapped.begin(), kMapped.end(), address.begin()))
        ::inet_ntop(AF_INET, address.data() + kMapped.size(), text.data(), text.size());
    else
        ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    return text.data();
}

void fill_rule(const KernelEvent& event, const PolicyArchive& archive, wire::Event& built) {
    auto& rule = *built.mutable_rule();
    rule.set_bundle_version(event.policy_version);
    const auto* texts = archive.texts(event.policy_version);
    if (!texts || event.rule_index >= texts->rules.size()) {
        rule.set_title("rule " + std::to_string(event.rule_index) + " of bundle " +
                       std::to_string(event.policy_version) + ", whose text is not kept any more");
        return;
    }
    const auto& known = texts->rules[event.rule_index];
    rule.set_id(known.id);
    rule.set_title(known.title);
    rule.set_level(known.level);
    rule.set_message(known.message);
    built.set_budget_bytes(known.budget_bytes);
}

void fill_sink(const KernelEvent& event, wire::Event& built) {
    if (event.point == rules::Operation::kRead) return;
    auto& sink = *built.mutable_sink();
    sink.set_kind(std::string(to_string(event.point)));
    if (rules::has_destination(event.point)) {
        auto& destination = *sink.mutable_destination();
        destination.set_ip(address_text(event.address));
        destination.set_port(event.port);
        destination.set_domain(as_utf8(event.domain));
        destination.set_transport(event.ip_protocol == 6 ? "tcp" : event.ip_protocol == 17 ? "udp" : "other");
    } else if (const auto device = block_device(event.sink_device)) {
        sink.mutable_device()->set_vendor(device->vendor);
        sink.mutable_device()->set_product(device->product);
        sink.mutable_device()->set_serial(device->serial);
        sink.mutable_device()->set_node(device->node);
    }
}

wire::Verdict verdict_of(rules::Action action) {
    switch (action) {
        case rules::Action::kAllow:
            return wire::VERDICT_ALLOW;
        case rules::Action::kAlert:
            return wire::VERDICT_ALERT;
        case rules::Action::kBlock:
            return wire::VERDICT_BLOCK;
        case rules::Action::kThrottle:
            return wire::VERDICT_THROTTLE;
        case rules::Action::kKill:
            return wire::VERDICT_KILL;
    }
    return wire::VERDICT_UNSPECIFIED;
}

}  // namespace

std::int64_t now_unix_ns() {
    return nanoseconds(CLOCK_REALTIME);
}

std::int64_t unix_ns_of_boot_ns(std::uint64_t boot_ns) {
    return nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_BOOTTIME) + static_cast<std::int64_t>(boot_ns);
}

std::string_view to_string(KernelOperation operation) {
    switch (operation) {
        case KernelOperation::kRead:
            return "read";
        case KernelOperation::kOpenWrite:
            return "open-write";
        case KernelOperation::kCreate:
            return "create";
        case KernelOperation::kWrite:
            return "write";
        case KernelOperation::kMap:
            return "map";
        case KernelOperation::kConnect:
            return "connect";
        case KernelOperation::kSend:
            return "send";
    }
    return "unknown";
}

void fill_artifacts(const Label& label, std::uint64_t version, const PolicyArchive& archive,
                    wire::Event& event) {
    const std::string origin = label.origin == LabelOrigin::kConfirmed ? "confirmed" : "derived";
    const auto* texts = archive.texts(version);
    std::uint32_t unexplained = label.classes;
    for (const auto number : label.artifacts) {
        auto& reference = *event.add_artifacts();
        reference.set_number(number);
        reference.set_label(origin);
        const auto* known = archive.artifact(number);
        if (!known) continue;
        reference.set_id(known->id);
        reference.set_name(known->name);
        reference.set_kind(known->kind);
        reference.set_class_name(known->class_name);
        if (!texts) continue;
        const auto place = std::ranges::find(texts->classes, known->class_name);
        if (place != texts->classes.end()) unexplained &= ~(1u << (place - texts->classes.begin()));
    }
    if (!texts) return;
    for (std::size_t number = 0; number < texts->classes.size(); ++number) {
        if (!(unexplained >> number & 1)) continue;
        auto& reference = *event.add_artifacts();
        reference.set_label(origin);
        reference.set_class_name(texts->classes[number]);
    }
}

void EventBuilder::fill_process(const KernelProcess& from, wire::Process& to) {
    to.set_pid(from.pid);
    to.set_start_unix_ns(unix_ns_of_boot_ns(from.start_boot_ns));
    to.set_name(as_utf8(from.name));
    to.set_executable(as_utf8(from.executable));
    for (const auto& arg : from.args)
        to.add_args(as_utf8(arg));
    if (from.executable.empty() || from.args.empty())
        if (const auto facts = process_facts(from.pid, from.start_boot_ns)) {
            if (from.executable.empty()) to.set_executable(facts->executable);
            if (from.args.empty())
                for (const auto& arg : facts->args)
                    to.add_args(arg);
        }
    to.mutable_user()->set_id(from.uid);
    to.mutable_user()->set_name(as_utf8(users_.name(from.uid)));
    to.mutable_user()->set_login_id(from.login_uid);
    to.mutable_user()->set_login_name(as_utf8(users_.name(from.login_uid)));
}

wire::Event EventBuilder::build(const KernelEvent& event) {
    wire::Event built;
    const bool tampering = event.rule_index == kGuardRuleIndex;
    built.set_time_unix_ns(unix_ns_of_boot_ns(event.boot_ns));
    built.set_count(event.count);
    built.set_operation(std::string(tampering ? guard_operation(event) : to_string(event.operation)));
    fill_process(event.process, *built.mutable_process());
    for (const auto& ancestor : event.ancestors)
        fill_process(ancestor, *built.add_ancestors());
    Label label = event.label;
    if (event.kind == KernelEventKind::kDerivedLabel)
        label.origin = LabelOrigin::kDerived;  // not what the writer read
    fill_artifacts(label, event.policy_version, *archive_, built);
    if (!event.path.empty() || event.file.inode != 0) {
        built.mutable_file()->set_path(as_utf8(event.path));
        built.mutable_file()->set_device(event.file.device);
        built.mutable_file()->set_inode(event.file.inode);
        built.mutable_file()->set_generation(event.file.generation);
    }
    built.set_bytes_requested(event.bytes_requested);
    built.set_bytes_metered(event.bytes_metered);
    if (event.kind == KernelEventKind::kDerivedLabel) {
        built.set_kind(wire::EVENT_KIND_LABEL);
        built.set_reason("derived: written by a process that had read classified bytes");
        return built;
    }
    if (event.kind == KernelEventKind::kExempt) {
        built.set_kind(wire::EVENT_KIND_AGENT);
        built.set_reason("The exempt program " + built.process().executable() +
                         " came to classified bytes: what it does with them is neither followed nor judged.");
        return built;
    }
    built.set_kind(wire::EVENT_KIND_VERDICT);
    if (tampering) {
        built.set_verdict(wire::VERDICT_BLOCK);
        fill_guard_rule(event, built);
        return built;
    }
    built.set_verdict(verdict_of(event.action));
    fill_rule(event, *archive_, built);
    fill_sink(event, built);
    return built;
}

}  // namespace modelward::agent
