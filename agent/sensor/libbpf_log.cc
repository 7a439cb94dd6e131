// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/libbpf_log.h"

#include <bpf/libbpf.h>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace modelward::agent {

namespace {

constexpr std::size_t kTailBytes = 2000;

// libbpf's callback has no place for a pointer of ours.
std::string& text() {
    static std::string kept;
    return kept;
}

int keep(libbpf_print_level level, const char* format, va_list args) {
    if (level != LIBBPF_WARN) return 0;
    std::array<char, 4096> line;
    const int length = std::vsnprintf(line.data(), line.size(), format, args);
    text().append(line.data());
    return length;
}

int drop(libbpf_print_level, const char*, va_list) {
    return 0;
}

}  // namespace

LibbpfLog::LibbpfLog() {
    text().clear();
    ::libbpf_set_print(keep);
}

LibbpfLog::~LibbpfLog() {
    ::libbpf_set_print(drop);
}

std::string LibbpfLog::first_warning() const {
    std::string line = text().substr(0, text().find('\n'));
    if (line.starts_with("libbpf: ")) line.erase(0, 8);
    return line;
}

std::string LibbpfLog::tail() const {
    return text().size() <= kTailBytes ? text() : text().substr(text().size() - kTailBytes);
}

}  // namespace modelward::agent
