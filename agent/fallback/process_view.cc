// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/process_view.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

#include "agent/fallback/file_key.h"
#include "agent/sensor/device_number.h"
#include "base/unique_fd.h"

namespace modelward::agent {

namespace {

std::uint64_t tick_ns() {
    static const auto tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return tick;
}

constexpr std::size_t kMostBytes = 16 << 10;

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

// The words of a line that begins with `key`.
std::vector<std::string_view> words_of(std::string_view text, std::string_view key) {
    std::vector<std::string_view> words;
    std::size_t at = text.starts_with(key) ? 0 : text.find("\n" + std::string(key));
    if (at == std::string_view::npos) return words;
    if (text[at] == '\n') ++at;
    text = text.substr(at + key.size());
    text = text.substr(0, text.find('\n'));
    while (!text.empty()) {
        const auto begin = text.find_first_not_of(" \t");
        if (begin == std::string_view::npos) break;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

// Fields 3 (state), 4 (parent), 5 (process group) and 22 (start) of stat (proc(5)). The name in field 2 may
// hold anything, so counting begins behind its last parenthesis.
bool read_stat(std::string_view stat, ProcessView& view) {
    const auto open = stat.find('('), close = stat.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
    view.name = stat.substr(open + 1, close - open - 1);
    const std::string rest = "x:" + std::string(stat.substr(close + 1));
    const auto fields = words_of(rest, "x:");
    constexpr std::size_t kState = 0, kParent = 1, kGroup = 2, kStart = 19;
    if (fields.size() <= kStart) return false;
    view.state = fields[kState].front();
    view.parent = number<pid_t>(fields[kParent]).value_or(0);
    view.group = number<pid_t>(fields[kGroup]).value_or(0);
    const auto start = number<std::uint64_t>(fields[kStart]);
    view.start_boot_ns = start.value_or(0) * tick_ns();
    return start.has_value();
}

void put_name(char (&name)[kernel::kCommBytes], std::string_view text) {
    std::memset(name, 0, sizeof name);
    std::memcpy(name, text.data(), std::min(text.size(), sizeof name - 1));
}

kernel::process_record to_record(const ProcessView& view) {
    kernel::process_record record{};
    record.start_boot_ns = view.start_boot_ns;
    record.pid = static_cast<std::uint32_t>(view.pid);
    record.uid = view.uid;
    record.login_uid = view.login_uid;
    put_name(record.name, view.name);
    return record;
}

}  // namespace

std::string read_small(const std::filesystem::path& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(kMostBytes, '\0');
    std::size_t size = 0;
    while (file && size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

std::optional<ProcessView> view_process(pid_t thread, const std::filesystem::path& proc) {
    const std::string status = read_small(proc / std::to_string(thread) / "status");
    const auto group = words_of(status, "Tgid:"), uids = words_of(status, "Uid:");
    if (group.empty() || uids.size() < 2) return std::nullopt;
    ProcessView view;
    view.pid = number<pid_t>(group[0]).value_or(0);
    view.uid = number<std::uint32_t>(uids[1]).value_or(0);
    const auto folder = proc / std::to_string(view.pid);
    if (view.pid == 0 || !read_stat(read_small(folder / "stat"), view)) return std::nullopt;
    view.login_uid = number<std::uint32_t>(read_small(folder / "loginuid")).value_or(0xffffffff);
    return view;
}

bool is_same_start(std::uint64_t a_boot_ns, std::uint64_t b_boot_ns) {
    return a_boot_ns / tick_ns() == b_boot_ns / tick_ns();
}

std::vector<ProcessView> ancestors_of(const ProcessView& process, const std::filesystem::path& proc) {
    std::vector<ProcessView> ancestors;
    for (pid_t parent = process.parent; parent > 0 && ancestors.size() < kernel::kAncestors;) {
        auto view = view_process(parent, proc);
        if (!view) break;
        parent = view->parent;
        ancestors.push_back(std::move(*view));
    }
    return ancestors;
}

std::string executable_of(pid_t pid, const std::filesystem::path& proc) {
    std::array<char, PATH_MAX> buffer;
    const auto link = proc / std::to_string(pid) / "exe";
    const ssize_t length = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

kernel::inode_key program_of(pid_t pid) {
    struct stat status;
    const std::string link = "/proc/" + std::to_string(pid) + "/exe";
    if (::stat(link.c_str(), &status) != 0) return {};
    return {status.st_ino, device_number(status.st_dev), 0};
}

std::optional<std::string> cgroup_of(pid_t pid, const std::filesystem::path& proc) {
    const std::string text = read_small(proc / std::to_string(pid) / "cgroup");
    const std::string_view key = "0::";
    const auto at = text.starts_with(key) ? 0 : text.find("\n0::");
    if (at == std::string::npos) return std::nullopt;
    const auto begin = text.find(key, at) + key.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

kernel::process_taint to_taint(const ProcessView& view, const kernel::marks& marks) {
    kernel::process_taint taint{};
    taint.marks = marks;
    taint.start_boot_ns = view.start_boot_ns;
    taint.uid = view.uid;
    taint.login_uid = view.login_uid;
    taint.program = program_of(view.pid);
    put_name(taint.name, view.name);
    return taint;
}

void put_path(kernel::event& event, std::string_view path) {
    const auto kept = std::min<std::size_t>(path.size(), kernel::kPathBytes);
    event.path_start = static_cast<std::uint16_t>(kernel::kPathBytes - kept);
    event.path_cut = kept < path.size();
    std::memcpy(event.path + event.path_start, path.data() + path.size() - kept, kept);
}

void describe_process(kernel::event& event, pid_t pid, const kernel::process_taint& taint) {
    event.process.start_boot_ns = taint.start_boot_ns;
    event.process.pid = static_cast<std::uint32_t>(pid);
    event.process.uid = taint.uid;
    event.process.login_uid = taint.login_uid;
    std::memcpy(event.process.name, taint.name, sizeof event.process.name);
    const std::string program = executable_of(pid);
    const auto kept = std::min<std::size_t>(program.size(), kernel::kExeBytes);
    event.exe_start = static_cast<std::uint16_t>(kernel::kExeBytes - kept);
    std::memcpy(event.exe + event.exe_start, program.data() + program.size() - kept, kept);
    event.ancestor_count = 0;
    if (const auto view = view_process(pid))
        for (const auto& ancestor : ancestors_of(*view))
            event.ancestors[event.ancestor_count++] = to_record(ancestor);
}

}  // namespace modelward::agent
