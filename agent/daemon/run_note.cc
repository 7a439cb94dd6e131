// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/run_note.h"

#include <nlohmann/json.hpp>

#include "wire/secret_file.h"

namespace modelward::agent {

namespace {

constexpr std::size_t kMaxBytes = 4096;

}  // namespace

std::optional<Run> RunNote::left() const {
    const auto text = wire::read_small_file(file_, kMaxBytes);
    if (!text) return std::nullopt;
    const auto note = nlohmann::json::parse(*text, nullptr, false);
    if (!note.is_object() || !note.contains("boot") || note["boot"] != boot_) return std::nullopt;
    if (!note.contains("pid") || !note["pid"].is_number_unsigned()) return std::nullopt;
    if (!note.contains("start") || !note["start"].is_number_unsigned()) return std::nullopt;
    return Run{note["pid"].get<std::uint32_t>(), note["start"].get<std::int64_t>()};
}

Result<void> RunNote::begin(const Run& run) {
    begun_ = true;
    return wire::write_secret_file(
        file_, nlohmann::json{{"boot", boot_}, {"pid", run.pid}, {"start", run.start_unix_ns}}.dump());
}

void RunNote::end() {
    if (!begun_) return;
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

}  // namespace modelward::agent
