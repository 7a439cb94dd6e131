// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/event_decode.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

#include "bpf/shared.h"

namespace modelward::agent {

namespace {

// As the kernel writes it: strings at the end of their places, arguments one after another.
std::unique_ptr<kernel::event> sample() {
    auto event = std::make_unique<kernel::event>();
    event->boot_ns = 5;
    event->policy_version = 9;
    event->count = 6;
    event->bytes_requested = 100;
    event->bytes_metered = 40;
    event->file = {11, 12, 13};
    event->marks = {0b101, 0b10, {8, 0, 0, 0}};
    event->sink_device = 14;
    event->rule = 3;
    event->port = 443;
    std::memcpy(event->domain, "moc.elpmaxe", 12);
    event->kind = kernel::kEventVerdict;
    event->operation = kernel::kOperationWrite;
    event->point = kernel::kPointRemovable;
    event->action = kernel::kActionBlock;
    event->origin = kernel::kOriginDerived;
    event->protocol = 6;
    event->ancestor_count = 1;
    event->process.pid = 77;
    std::memcpy(event->process.name, "0123456789abcdef", kernel::kCommBytes);  // no NUL
    event->ancestors[0].pid = 1;
    std::memcpy(event->ancestors[0].name, "init", 5);
    const std::string_view path = "/mnt/usb1/x";
    event->path_start = static_cast<__u16>(kernel::kPathBytes - path.size());
    std::memcpy(event->path + event->path_start, path.data(), path.size());
    const std::string_view exe = "/usr/bin/cp";
    event->exe_start = static_cast<__u16>(kernel::kExeBytes - exe.size());
    std::memcpy(event->exe + event->exe_start, exe.data(), exe.size());
    const std::string_view args("cp\0a b\0\0end", 11);
    event->args_length = static_cast<__u16>(args.size());
    std::memcpy(event->args, args.data(), args.size());
    return event;
}

Result<KernelEvent> decode(const kernel::event& event) {
    return decode_event(std::as_bytes(std::span(&event, 1)), 21);
}

TEST(EventDecode, EveryFieldArrives) {
    const auto event = decode(*sample());
    ASSERT_TRUE(event) << event.error().message();
    EXPECT_EQ(event->sequence, 21u);
    EXPECT_EQ(event->boot_ns, 5u);
    EXPECT_EQ(event->kind, KernelEventKind::kVerdict);
    EXPECT_EQ(event->operation, KernelOperation::kWrite);
    EXPECT_EQ(event->point, rules::Operation::kRemovable);
    EXPECT_EQ(event->action, rules::Action::kBlock);
    EXPECT_EQ(event->rule_index, 3);
    EXPECT_EQ(event->policy_version, 9u);
    EXPECT_EQ(event->label.classes, 0b101u);
    EXPECT_EQ(event->label.kinds, 0b10u);
    EXPECT_EQ(event->label.origin, LabelOrigin::kDerived);
    EXPECT_EQ(event->label.artifacts, std::vector<std::uint32_t>{7});
    EXPECT_EQ(event->process.pid, 77u);
    EXPECT_EQ(event->process.name, "0123456789abcdef");
    EXPECT_EQ(event->process.executable, "/usr/bin/cp");
    EXPECT_EQ(event->process.args, (std::vector<std::string>{"cp", "a b", "", "end"}));
    ASSERT_EQ(event->ancestors.size(), 1u);
    EXPECT_EQ(event->ancestors[0].name, "init");
    EXPECT_EQ(event->path, "/mnt/usb1/x");
    EXPECT_EQ(event->file, (InodeKey{11, 12, 13}));
    EXPECT_EQ(event->sink_device, 14u);
    EXPECT_EQ(event->port, 443);
    EXPECT_EQ(event->domain, "example.com");
    EXPECT_EQ(event->count, 6u);
    EXPECT_EQ(event->bytes_requested, 100u);
    EXPECT_EQ(event->bytes_metered, 40u);
}

TEST(EventDecode, NoPathIsAnEmptyPath) {
    auto event = sample();
    event->path_start = kernel::kPathBytes;
    EXPECT_EQ(decode(*event)->path, "");
}

TEST(EventDecode, APathThatWasNotWalkedToItsRootSaysSo) {
    auto event = sample();
    event->path_cut = 1;
    EXPECT_EQ(decode(*event)->path, ".../mnt/usb1/x");
}

TEST(EventDecode, RecordsOfAnotherSizeAreRefused) {
    const auto event = sample();
    const auto bytes = std::as_bytes(std::span(event.get(), 1));
    EXPECT_EQ(decode_event(bytes.first(bytes.size() - 1), 1).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(decode_event({}, 1).error().code(), ErrorCode::kInvalid);
}

TEST(EventDecode, ValuesOutsideTheirRangeAreRefused) {
    const std::function<void(kernel::event&)> breaks[] = {
        [](auto& event) { event.kind = 0; },
        [](auto& event) { event.kind = 4; },
        [](auto& event) { event.operation = 0; },
        [](auto& event) { event.operation = kernel::kOperationSend + 1; },
        [](auto& event) { event.point = kernel::kPoints; },
        [](auto& event) { event.action = 5; },
        [](auto& event) { event.count = 0; },
        [](auto& event) { event.rule = kernel::kRules; },
        [](auto& event) { event.path_start = kernel::kPathBytes + 1; },
        [](auto& event) { event.exe_start = kernel::kExeBytes + 1; },
        [](auto& event) { event.args_length = kernel::kArgBytes + 1; },
        [](auto& event) { event.ancestor_count = kernel::kAncestors + 1; },
    };
    for (const auto& spoil : breaks) {
        auto event = sample();
        spoil(*event);
        EXPECT_EQ(decode(*event).error().code(), ErrorCode::kInvalid) << &spoil - breaks;
    }
}

}  // namespace

}  // namespace modelward::agent
