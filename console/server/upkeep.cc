// SPDX-License-Identifier: Apache-2.0
#include "console/server/upkeep.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>

#include "console/server/server_certificate.h"
#include "console/server/store/event_files.h"

namespace modelward::console {
namespace {

constexpr std::int64_t kWarnDays = 60;

}  // namespace

std::string first_kept_period(std::int64_t now_ms, int months) {
    using namespace std::chrono;
    const year_month_day today{floor<days>(sys_time<milliseconds>(milliseconds(now_ms)))};
    const year_month first = today.year() / today.month() - std::chrono::months(months);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(first.year()),
                  static_cast<unsigned>(first.month()));
    return text;
}

std::vector<std::string> upkeep(EventStore& events, const StateDirectory& state, int months,
                                std::int64_t now_ms) {
    std::vector<std::string> sentences;
    if (months > 0) {
        const auto removed = events.remove_before(first_kept_period(now_ms, months));
        if (!removed) sentences.push_back("old events were not removed: " + removed.error().message());
        for (const std::string& period : removed.value_or(std::vector<std::string>()))
            sentences.push_back("removed the events of " + period + ": older than " + std::to_string(months) +
                                " months");
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

void DailyUpkeep::start() {
    boost::asio::post(workers_, work_);
    timer_.expires_after(std::chrono::hours(24));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) start();
    });
}

}  // namespace modelward::console
