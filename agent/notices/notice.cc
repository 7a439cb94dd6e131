// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/notice.h"

#include <algorithm>
#include <string_view>

#include "agent/enrich/guard_report.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kColumns = 76;
constexpr std::size_t kLongestName = 200;  // of a file, in the sentence

std::string_view word_of(wire::Verdict verdict) {
    switch (verdict) {
        case wire::VERDICT_BLOCK:
            return "block";
        case wire::VERDICT_THROTTLE:
            return "throttle";
        case wire::VERDICT_KILL:
            return "kill";
        default:
            return {};
    }
}

// The end of a long name is what tells it from others.
std::string short_name(std::string name) {
    if (name.size() <= kLongestName) return name;
    std::size_t cut = name.size() - kLongestName;
    while (cut < name.size() && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80)
        ++cut;
    return "..." + name.substr(cut);
}

std::string file_of(const wire::Event& event) {
    return event.file().path().empty() ? "a file" : short_name(event.file().path());
}

std::string address_of(const wire::Destination& destination) {
    const bool ipv6 = destination.ip().find(':') != std::string::npos;
    return (ipv6 ? "[" + destination.ip() + "]" : destination.ip()) + ":" +
           std::to_string(destination.port());
}

std::string media_of(const wire::Device& device) {
    if (device.vendor().empty() && device.product().empty()) return "";
    return " (" + device.vendor() + (device.vendor().empty() ? "" : " ") + device.product() + ")";
}

// "... was not allowed to ..."
std::string wanted(const wire::Event& event) {
    const auto& kind = event.sink().kind();
    if (kind == "removable")
        return "write " + file_of(event) + " to removable storage" + media_of(event.sink().device());
    if (kind == "network") return "send to " + address_of(event.sink().destination());
    if (kind == "network-filesystem") return "write " + file_of(event) + " on a network file system";
    if (kind == "bluetooth") return "send over Bluetooth";
    if (kind == "device") return "write to the device " + file_of(event);
    if (event.operation() == "read") return "read " + file_of(event);
    return event.operation() + " " + file_of(event);
}

std::string sentence(const wire::Event& event) {
    const auto& process = event.process();
    const std::string who = short_name(process.name().empty() ? process.executable() : process.name()) +
                            " (process " + std::to_string(process.pid()) + ")";
    if (event.rule().id() == kGuardRuleId) return who + ": " + event.reason();
    switch (event.verdict()) {
        case wire::VERDICT_THROTTLE:
            return who + " was held back: it may not yet " + wanted(event) + ".";
        case wire::VERDICT_KILL:
            return who + " was ended: it is not allowed to " + wanted(event) + ".";
        default:
            return who + " was stopped: it is not allowed to " + wanted(event) + ".";
    }
}

// Words of a printable text, so many on a line as fit.
void add_lines(std::string_view text, std::string& into) {
    std::size_t column = kColumns;  // so that the first word begins a line
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        const auto width = static_cast<std::size_t>(std::ranges::count_if(
            word, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
        const bool fits = column + 1 + width <= kColumns;
        into += fits ? " " : "\r\n    ";
        into += word;
        column = fits ? column + 1 + width : width;
    }
}

}  // namespace

std::optional<Notice> notice_of(const wire::Event& event) {
    const auto verdict = word_of(event.verdict());
    if (event.kind() != wire::EVENT_KIND_VERDICT || verdict.empty()) return std::nullopt;
    Notice notice;
    notice.time_unix_ns = event.time_unix_ns();
    notice.user = event.process().user().id();
    notice.login_user = event.process().user().login_id();
    notice.verdict = verdict;
    notice.happened = sentence(event);
    notice.rule_id = event.rule().id();
    notice.rule_title = event.rule().title();
    notice.to_do = event.rule().id() == kGuardRuleId
                       ? "This host's protection cannot be changed without a maintenance token: ask your "
                         "security team."
                       : event.rule().message();
    notice.program = event.process().executable();
    notice.pid = event.process().pid();
    notice.count = std::max<std::uint64_t>(event.count(), 1);
    return notice;
}

std::string terminal_text(const Notice& notice) {
    std::string text = "\r\n*** Modelward:";
    add_lines(as_printable(notice.happened), text);
    if (!notice.to_do.empty()) add_lines(as_printable(notice.to_do), text);
    add_lines("Rule: " + as_printable(notice.rule_title), text);
    return text + "\r\n    To read this again: modelward notices\r\n";
}

}  // namespace modelward::agent
