// SPDX-License-Identifier: Apache-2.0
#include "console/server/upkeep.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>

#include "console/server/server_certificate.h"
#include "console/server/store/audit.h"
#include "console/server/store/event_files.h"

namespace modelward::console {
namespace {

using namespace std::chrono;

constexpr std::int64_t kWarnDays = 60;

year_month first_kept_month(std::int64_t now_ms, int months) {
    const year_month_day today{floor<days>(sys_time<milliseconds>(milliseconds(now_ms)))};
    return today.year() / today.month() - std::chrono::months(months);
}

std::int64_t first_kept_ms(std::int64_t now_ms, int months) {
    const sys_days first{first_kept_month(now_ms, months) / 1};
    return duration_cast<milliseconds>(first.time_since_epoch()).count();
}

}  // namespace

std::string first_kept_period(std::int64_t now_ms, int months) {
    const year_month first = first_kept_month(now_ms, months);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(first.year()),
                  static_cast<unsigned>(first.month()));
    return text;
}

std::vector<std::string> upkeep(EventStore& events, ConfigDatabase& config, const StateDirectory& state,
                                const Retention& kept, std::int64_t now_ms) {
    std::vector<std::string> sentences;
    if (const int months = kept.events; months > 0) {
        const auto removed = events.remove_before(first_kept_period(now_ms, months));
        if (!removed) sentences.push_back("old events were not removed: " + removed.error().message());
        for (const std::string& period : removed.value_or(std::vector<std::string>()))
            sentences.push_back("removed the events of " + period + ": older than " + std::to_string(months) +
                                " months");
    }
    if (kept.audit > 0) {
        const auto removed = remove_audit_before(config, first_kept_ms(now_ms, kept.audit), now_ms);
        if (!removed)
            sentences.push_back("old audit entries were not removed: " + removed.error().message());
        else if (*removed > 0)
            sentences.push_back("removed " + std::to_string(*removed) + " audit entries: older than " +
                                std::to_string(kept.audit) + " months");
    }
    const auto days = server_certificate_days_left(state, now_ms);
    if (!days) {
        sentences.push_back("the console's certificate: " + days.error().message());
    } else if (*days < kWarnDays) {
        sentences.push_back("the console's certificate ends in " + std::to_string(*days) +
                            " days: run `modelward-console renew` and restart the service");
    }
    return sentences;
}

void RepeatedWork::start() {
    boost::asio::post(workers_, work_);
    timer_.expires_after(period_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) start();
    });
}

}  // namespace modelward::console
