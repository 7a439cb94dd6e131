// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/printable.h"

namespace modelward::agent {
namespace {

class PrintableWords final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& into) override {
        const std::string words =
            as_printable(std::string_view(message.payload.data(), message.payload.size()));
        into.append(words.data(), words.data() + words.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<PrintableWords>();
    }
};

}  // namespace

std::unique_ptr<spdlog::formatter> log_formatter() {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<PrintableWords>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e %l: %*");
    return formatter;
}

void start_log(const std::string& level) {
    auto log = spdlog::stderr_logger_st("modelwardd");
    log->set_formatter(log_formatter());
    spdlog::set_default_logger(std::move(log));
    spdlog::set_level(spdlog::level::from_str(level));
}

}  // namespace modelward::agent
