// SPDX-License-Identifier: Apache-2.0
#include "cli/incident_report.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

#include "base/printable.h"

namespace modelward::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 12;

const Json& at(const Json& json, const char* pointer) {
    static const Json kNothing;
    const Json::json_pointer where(pointer);
    return json.contains(where) ? json[where] : kNothing;
}

// The only way by which a string gets into this report.
std::string shown(const Json& value) {
    return value.is_string() ? as_printable(value.get_ref<const std::string&>()) : std::string();
}

std::string text_at(const Json& json, const char* pointer) {
    return shown(at(json, pointer));
}

std::int64_t number_at(const Json& json, const char* pointer) {
    const Json& value = at(json, pointer);
    return value.is_number() ? value.get<std::int64_t>() : 0;
}

std::string number_text(const Json& json, const char* pointer) {
    return std::to_string(number_at(json, pointer));
}

std::string time_at(const Json& json, const char* pointer) {
    const std::time_t seconds = number_at(json, pointer) / 1000;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
    std::string all;
    for (const std::string& part : parts)
        if (!part.empty()) all += (all.empty() ? "" : between) + part;
    return all;
}

// As a shell would take it: what holds anything but plain letters is quoted.
std::string command_of(const Json& process) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    std::string command;
    for (const Json& argument : at(process, "/args")) {
        const std::string text = shown(argument);
        if (!command.empty()) command += ' ';
        if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) {
            command += text;
            continue;
        }
        command += '\'';
        for (const char c : text)
            command += c == '\'' ? std::string("'\\''") : std::string(1, c);
        command += '\'';
    }
    return command;
}

std::string user_text(const Json& incident) {
    const std::string name = text_at(incident, "/user/name");
    const std::string login = text_at(incident, "/user/login_name");
    std::string text = (name.empty() ? "" : name + ", ") + "uid " + number_text(incident, "/user/id");
    if (!login.empty() && login != name) text += ", signed in as " + login;
    return text;
}

std::string artifact_text(const Json& artifact) {
    const std::string label = text_at(artifact, "/label");
    return text_at(artifact, "/name") + " (" +
           joined({text_at(artifact, "/class"), text_at(artifact, "/kind")}, " ") +
           (label.empty() ? "" : "; " + label) + ")";
}

std::string sink_text(const Json& sink) {
    const std::string kind = text_at(sink, "/kind");
    std::vector<std::string> parts{kind == "read" ? "nowhere: read on the host" : kind};
    if (const Json& device = at(sink, "/device"); device.is_object()) {
        const std::string serial = text_at(device, "/serial"), node = text_at(device, "/node");
        parts.push_back(joined({text_at(device, "/vendor"), text_at(device, "/product")}, " "));
        parts.push_back(serial.empty() ? "" : "serial " + serial);
        parts.push_back(node.empty() ? "" : "/dev/" + node);
    }
    if (const Json& destination = at(sink, "/destination"); destination.is_object()) {
        const std::string ip = text_at(destination, "/ip");
        parts.push_back(text_at(destination, "/domain"));
        parts.push_back((ip.contains(':') ? "[" + ip + "]" : ip) + ":" + number_text(destination, "/port") +
                        "/" + text_at(destination, "/transport"));
    }
    return joined(parts, ", ");
}

std::string process_text(const Json& process) {
    return joined({text_at(process, "/name") + ", pid " + number_text(process, "/pid"),
                   text_at(process, "/executable"), command_of(process)},
                  "  ");
}

class Lines {
  public:
    // Nothing for an empty value. Further values of a name stand below the first.
    void add(const std::string& name, const std::string& value) {
        if (value.empty()) return;
        text_ += "  " + padded(name == last_ ? "" : name, kNameWidth) + value + "\n";
        last_ = name;
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
    std::string last_;
};

}  // namespace

std::string incident_row(const Json& incident) {
    std::string bytes = number_text(incident, "/bytes_out");
    bytes.insert(0, 10 - std::min<std::size_t>(bytes.size(), 10), ' ');
    return padded(text_at(incident, "/id"), 10) + time_at(incident, "/last_ms") + "  " +
           padded(text_at(incident, "/verdict"), 5) + padded(text_at(incident, "/level"), 13) +
           padded(text_at(incident, "/host/name"), 16) + padded(text_at(incident, "/process/name"), 16) +
           padded(text_at(incident, "/artifact/name"), 20) + bytes + "  " + text_at(incident, "/title") +
           "\n";
}

std::string incident_text(const Json& detail) {
    Lines lines;
    const auto count = number_at(detail, "/count");
    lines.add("decided", joined({text_at(detail, "/verdict"), text_at(detail, "/level")}, ", "));
    lines.add("rule", text_at(detail, "/rule_id") + ", bundle " + number_text(detail, "/bundle_version"));
    lines.add("message", text_at(detail, "/message"));
    lines.add("operation",
              text_at(detail, "/operation") + (count > 1 ? ", " + std::to_string(count) + " times" : ""));
    lines.add(count > 1 ? "first" : "when", time_at(detail, "/first_ms"));
    if (count > 1) lines.add("last", time_at(detail, "/last_ms"));
    lines.add("file", text_at(detail, "/path"));
    for (const Json& artifact : at(detail, "/artifacts"))
        lines.add("artifact", artifact_text(artifact));
    if (const Json& sink = at(detail, "/sink"); sink.is_object()) lines.add("to", sink_text(sink));
    lines.add("bytes", number_text(detail, "/bytes_requested") + " requested, " +
                           number_text(detail, "/bytes_out") + " out, budget " +
                           number_text(detail, "/budget_bytes"));
    lines.add("user", user_text(detail));
    lines.add("host", text_at(detail, "/host/name"));
    lines.add("process", process_text(at(detail, "/process")));
    for (const Json& ancestor : at(detail, "/ancestors"))
        lines.add("started by", process_text(ancestor));
    return text_at(detail, "/id") + "  " + text_at(detail, "/title") + "\n" + lines.take();
}

}  // namespace modelward::cli
