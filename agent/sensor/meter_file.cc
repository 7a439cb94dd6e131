// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/meter_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "agent/sensor/policy_convert.h"

namespace modelward::agent {

namespace {

constexpr std::uint64_t kMagic = 0x3152'4554'454d'574d;  // "MWMETER1"

struct Header {
    std::uint64_t magic = kMagic;
    std::uint64_t layout = kernel::kLayout;
    std::uint64_t clock_ns = 0;
    std::uint64_t count = 0;
    std::uint64_t checksum = 0;  // of the rows
};

using Row = std::pair<kernel::meter_key, kernel::meter>;
static_assert(sizeof(Row) == sizeof(kernel::meter_key) + sizeof(kernel::meter));

std::string_view bytes_of(const std::vector<Row>& rows) {
    return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row)};
}

std::uint64_t clock_now_ns(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

bool read_all(int fd, void* into, std::size_t bytes) {
    auto* at = static_cast<char*>(into);
    while (bytes > 0) {
        const ssize_t got = ::read(fd, at, bytes);
        if (got <= 0) return false;
        at += got, bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

}  // namespace

Result<SavedMeters> read_meters(const std::filesystem::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, "no saved meters");
    if (!fd) return fail_errno("open " + file.string());
    Header header;
    if (!read_all(fd.get(), &header, sizeof header) || header.magic != kMagic ||
        header.layout != kernel::kLayout || header.count > kernel::kMaxMeters)
        return fail(ErrorCode::kInvalid, file.string() + " does not hold meters of this layout");
    SavedMeters saved;
    saved.clock_ns = header.clock_ns;
    saved.meters.resize(header.count);
    if (!read_all(fd.get(), static_cast<void*>(saved.meters.data()), header.count * sizeof(Row)) ||
        rule_identity(bytes_of(saved.meters)) != header.checksum)
        return fail(ErrorCode::kInvalid, file.string() + " is damaged");
    return saved;
}

Result<void> write_meters(const std::filesystem::path& file, const SavedMeters& saved) {
    const std::string fresh = file.string() + ".new";
    const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) return fail_errno("open " + fresh);
    Header header;
    header.clock_ns = saved.clock_ns;
    header.count = saved.meters.size();
    header.checksum = rule_identity(bytes_of(saved.meters));
    if (!write_all(fd.get(), {reinterpret_cast<const char*>(&header), sizeof header}) ||
        !write_all(fd.get(), bytes_of(saved.meters)) || ::fsync(fd.get()) != 0 ||
        ::rename(fresh.c_str(), file.c_str()) != 0)
        return fail_errno("write " + file.string());
    return {};
}

std::vector<Row> meters_in(const UniqueFd& map) {
    std::vector<Row> rows;
    kernel::meter_key key{}, next{};
    const kernel::meter_key* from = nullptr;
    while (rows.size() < kernel::kMaxMeters && ::bpf_map_get_next_key(map.get(), from, &next) == 0) {
        key = next, from = &key;
        kernel::meter meter{};
        if (::bpf_map_lookup_elem_flags(map.get(), &key, &meter, BPF_F_LOCK) == 0)
            rows.emplace_back(key, meter);
    }
    return rows;
}

Result<void> put_meters(const UniqueFd& map, const SavedMeters& saved) {
    for (const auto& [key, meter] : saved.meters)
        if (auto put = map_put(map, key, meter, "put back a meter"); !put) return put;
    return {};
}

std::uint64_t clock_offset(std::uint64_t at_least_ns) {
    return std::max(clock_now_ns(CLOCK_REALTIME), at_least_ns) - clock_now_ns(CLOCK_BOOTTIME);
}

Result<std::uint64_t> meter_clock(const KernelMaps& maps) {
    const std::uint32_t zero = 0;
    kernel::installation installed{};
    if (::bpf_map_lookup_elem(maps.installed.get(), &zero, &installed) != 0)
        return fail_errno("read the meters' clock");
    return clock_now_ns(CLOCK_BOOTTIME) + installed.clock_offset_ns;
}

}  // namespace modelward::agent
