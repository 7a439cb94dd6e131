// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/event_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "agent/sensor/label_marks.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

std::string text(const char* data, std::size_t limit) {
    return std::string(data, ::strnlen(data, limit));
}

KernelProcess decode_process(const kernel::process_record& record) {
    KernelProcess process;
    process.pid = record.pid;
    process.start_boot_ns = record.start_boot_ns;
    process.uid = record.uid;
    process.login_uid = record.login_uid;
    process.name = text(record.name, sizeof record.name);
    return process;
}

// Arguments stand one after another, each ended by a NUL; the last may be cut.
std::vector<std::string> decode_args(std::string_view bytes) {
    std::vector<std::string> args;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\0'), bytes.size());
        args.emplace_back(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return args;
}

Result<void> check(const kernel::event& event) {
    const auto bad = [](std::string_view what, unsigned value) {
        return fail(ErrorCode::kInvalid, fmt::format("event record: {} is {}", what, value));
    };
    if (event.kind < kernel::kEventVerdict || event.kind > kernel::kEventExempt)
        return bad("kind", event.kind);
    const bool guard = event.rule == kernel::kGuardRule;
    if (guard &&
        (event.operation < kernel::kGuardOperations || event.operation >= kernel::kGuardOperationsEnd))
        return bad("operation of the guard", event.operation);
    if (!guard && (event.operation < kernel::kOperationRead || event.operation > kernel::kOperationSend))
        return bad("operation", event.operation);
    if (event.point >= kernel::kPoints) return bad("point", event.point);
    if (event.action > kernel::kActionKill) return bad("action", event.action);
    if (event.count == 0) return bad("count", 0);
    if (!guard && event.rule >= kernel::kRules) return bad("rule", event.rule);
    if (event.path_start > kernel::kPathBytes) return bad("path start", event.path_start);
    if (event.exe_start > kernel::kExeBytes) return bad("executable start", event.exe_start);
    if (event.args_length > kernel::kArgBytes) return bad("length of arguments", event.args_length);
    if (event.ancestor_count > kernel::kAncestors) return bad("number of ancestors", event.ancestor_count);
    return {};
}

}  // namespace

Result<KernelEvent> decode_event(std::span<const std::byte> record, std::uint64_t sequence) {
    if (record.size() != sizeof(kernel::event))
        return fail(ErrorCode::kInvalid, fmt::format("event record: {} bytes long; {} are expected",
                                                     record.size(), sizeof(kernel::event)));
    kernel::event raw;
    std::memcpy(&raw, record.data(), sizeof raw);
    if (auto checked = check(raw); !checked) return fail(checked.error());

    KernelEvent event;
    event.sequence = sequence;
    event.boot_ns = raw.boot_ns;
    event.kind = static_cast<KernelEventKind>(raw.kind);
    event.operation = static_cast<KernelOperation>(raw.operation);
    event.point = static_cast<rules::Operation>(raw.point);
    event.action = static_cast<rules::Action>(raw.action);
    event.rule_index = raw.rule;
    event.policy_version = raw.policy_version;
    event.label = label_from(raw.marks, raw.origin);
    event.process = decode_process(raw.process);
    event.process.executable = text(raw.exe + raw.exe_start, sizeof raw.exe - raw.exe_start);
    event.process.args = decode_args({raw.args, raw.args_length});
    for (const auto& ancestor : std::span(raw.ancestors).first(raw.ancestor_count))
        event.ancestors.push_back(decode_process(ancestor));
    event.path = text(raw.path + raw.path_start, sizeof raw.path - raw.path_start);
    if (raw.path_cut && !event.path.empty()) event.path.insert(0, "...");
    event.file = {raw.file.inode, raw.file.device, raw.file.generation};
    event.sink_device = raw.sink_device;
    std::ranges::copy(raw.address, event.address.begin());
    event.port = raw.port;
    event.domain = text(raw.domain, sizeof raw.domain);
    std::ranges::reverse(event.domain);
    event.ip_protocol = raw.protocol;
    event.count = raw.count;
    event.bytes_requested = raw.bytes_requested;
    event.bytes_metered = raw.bytes_metered;
    return event;
}

}  // namespace modelward::agent
