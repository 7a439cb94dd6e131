// SPDX-License-Identifier: Apache-2.0
#include "cli/notice_report.h"

#include <cstdint>
#include <ctime>

#include "base/printable.h"

namespace modelward::cli {
namespace {

std::string text_of(const nlohmann::json& notice, const char* name) {
    return as_printable(notice.value(name, ""));
}

std::string title_of(const nlohmann::json& notice) {
    const auto rule = notice.find("rule");
    return rule != notice.end() && rule->is_object() ? text_of(*rule, "title") : "";
}

std::string time_of(const nlohmann::json& notice) {
    const std::time_t seconds = notice.value("time_unix_ms", std::int64_t{0}) / 1000;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

// The notification specification's markup is a small part of HTML.
std::string without_markup(const std::string& text) {
    std::string plain;
    for (const char byte : text) {
        if (byte == '&')
            plain += "&amp;";
        else if (byte == '<')
            plain += "&lt;";
        else if (byte == '>')
            plain += "&gt;";
        else
            plain += byte;
    }
    return plain;
}

}  // namespace

std::string notice_text(const nlohmann::json& notice) {
    const auto count = notice.value("count", std::uint64_t{1});
    std::string text = time_of(notice) + "  " + text_of(notice, "what");
    if (count > 1) text += " (" + std::to_string(count) + " times)";
    text += "\n";
    if (const auto to_do = text_of(notice, "to_do"); !to_do.empty()) text += "    " + to_do + "\n";
    return text + "    Rule: " + title_of(notice) + "\n";
}

std::string notice_body(const nlohmann::json& notice) {
    return without_markup(text_of(notice, "what") + "\n" + text_of(notice, "to_do"));
}

}  // namespace modelward::cli
