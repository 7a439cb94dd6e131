// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_report.h"

#include <cstdint>
#include <ctime>

#include "base/printable.h"

namespace modelward::cli {

std::string audit_row(const nlohmann::ordered_json& entry) {
    const std::time_t seconds = entry.value("time_ms", std::int64_t{0}) / 1000;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    char time[32];
    std::string row(time, std::strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", &parts));
    const auto text = [&](const char* name) { return as_printable(entry.value(name, "")); };
    const auto add = [&](const std::string& word, std::size_t width) {
        row += "  " + word;
        if (word.size() < width) row.append(width - word.size(), ' ');
    };
    add(text("actor").empty() ? "?" : text("actor"), 16);
    add(text("address").empty() ? "-" : text("address"), 15);
    add(text("action"), 24);
    add(text("object"), 0);
    if (!text("detail").empty()) row += (text("object").empty() ? "" : ": ") + text("detail");
    return row + "\n";
}

}  // namespace modelward::cli
