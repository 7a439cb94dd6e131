// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/guard_keeper.h"

#include <spdlog/spdlog.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "agent/guard/guarded_paths.h"

namespace modelward::agent {
namespace {

std::int64_t whole_seconds(std::chrono::nanoseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

bool closed(const GuardStatus& status) {
    return status.on && status.maintenance_left.count() == 0;
}

}  // namespace

GuardStatus GuardKeeper::look() const {
    auto status = sensor_->guard_status();
    if (!status) spdlog::error("{}", status.error().message());
    return status ? *status : GuardStatus{};
}

bool GuardKeeper::is_closed() const {
    return closed(look());
}

Result<void> GuardKeeper::check() const {
    if (!is_closed()) return {};
    const auto kept = [&](const std::filesystem::path& path, GuardRole role) {
        const auto answer = sensor_->guards(path, 0u | role);
        return answer && *answer;
    };
    if (kept(config_.state_dir, GuardRole::kSecret) &&
        (config_.file.empty() || kept(config_.file, GuardRole::kFile)))
        return {};
    return fail(ErrorCode::kDenied,
                "this host is guarded with another configuration or state directory than " +
                    config_.file.string() + " and " + config_.state_dir.string() +
                    "; a maintenance token lets them be changed");
}

void GuardKeeper::close(const std::optional<Identity>& identity) {
    if (identity) identity_ = identity;
    const auto status = look();
    const bool stays = closed(status);
    if (!config_.guard && !stays) {
        if (!status.on) return;
        if (const auto ended = sensor_->end_guard(); ended)
            say_("The guard was turned off, under maintenance, by the configuration.");
        else
            say_("The guard could not be turned off: " + ended.error().message());
        on_ = false;
        return;
    }
    if (!config_.guard)
        say_("The guard stays on: turning it off by the configuration takes a maintenance token.");
    if (!identity_ && !stays) return;  // nobody could open it again
    GuardSettings settings;
    settings.paths = guarded_paths(config_, "/proc/self/exe", own_cgroup());
    settings.key = stays ? status.key : identity_->bundle_key;
    settings.host_id = stays ? status.host_id : identity_->host_id;
    if (const auto guarded = sensor_->guard(settings); !guarded) {
        problem_ = "The agent is not guarded from root: " + guarded.error().message();
        return say_(problem_);
    }
    problem_.clear();
    on_ = true;
    open_ = status.maintenance_left.count() > 0;
    if (!status.on) say_("The guard is on: stopping the agent or removing it takes a maintenance token.");
}

Result<std::string> GuardKeeper::redeem(const std::string& token) {
    const auto status = look();
    if (!status.on) return fail(ErrorCode::kNotFound, "the guard is off on this host; no token is needed");
    const auto redeemed = maintenance_.redeem(token, status.key, status.host_id, std::time(nullptr));
    if (!redeemed) {
        say_("A maintenance token was refused: " + redeemed.error().message());
        return fail(redeemed.error());
    }
    if (auto opened = sensor_->open_guard(std::chrono::seconds(redeemed->seconds())); !opened)
        return fail(opened.error());
    open_ = true;
    const std::string sentence = "Maintenance: the guard is open for " + std::to_string(redeemed->seconds()) +
                                 " seconds (token " + redeemed->id() + " by " + redeemed->issued_by() + ": " +
                                 redeemed->reason() + ").";
    say_(sentence);
    return sentence;
}

Result<std::string> GuardKeeper::end_maintenance() {
    const auto status = look();
    if (!status.on)
        return fail(ErrorCode::kNotFound, "the guard is off on this host; there is none to close");
    if (const auto shut = sensor_->open_guard(std::chrono::nanoseconds(0)); !shut) {
        say_("The guard could not be closed: " + shut.error().message());
        return fail(shut.error());
    }
    tick();
    return closed(status) ? "The guard was closed already." : "The guard is closed.";
}

Result<void> GuardKeeper::lets_stop() const {
    if (!is_closed()) return {};
    return fail(ErrorCode::kDenied,
                "the agent is guarded: stopping it takes a maintenance token of the console (modelward "
                "maintenance --token-file FILE)");
}

void GuardKeeper::tick() {
    if (!open_ || look().maintenance_left.count() > 0) return;
    open_ = false;
    say_("Maintenance has ended; the guard is closed.");
    close(std::nullopt);  // what was replaced meanwhile is guarded too
}

nlohmann::json GuardKeeper::status() const {
    const auto status = look();
    return {{"on", status.on},
            {"maintenance_seconds_left", whole_seconds(status.maintenance_left)},
            {"problem", problem_}};
}

}  // namespace modelward::agent
