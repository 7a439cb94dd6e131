// SPDX-License-Identifier: Apache-2.0
// A sensor without a kernel: labels in a map, events from a list.
#pragma once

#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <set>

#include "agent/sensor/sensor.h"
#include "base/unique_fd.h"

namespace modelward::agent {

class FakeSensor final : public Sensor {
  public:
    const SensorInfo& info() const override { return info_; }

    Result<void> apply(const rules::CompiledPolicy& policy, std::uint64_t version) override {
        if (refuse_policies) return fail(ErrorCode::kUnsupported, "this kernel refuses the policy");
        applied.push_back({version, policy});
        return {};
    }

    std::vector<std::string> policy_problems() const override { return problems; }

    static InodeKey key_of(int fd) {
        struct stat status{};
        ::fstat(fd, &status);
        return {status.st_ino, static_cast<std::uint32_t>(status.st_dev), 1};
    }
    Result<InodeKey> label(int fd, const Label& label) override {
        labels[key_of(fd)] = label;
        return key_of(fd);
    }
    Result<InodeKey> clear_label(int fd) override {
        labels.erase(key_of(fd));
        if (after_clear) after_clear();
        return key_of(fd);
    }
    Result<std::optional<Label>> label_of(int fd) override { return label_of(key_of(fd)); }
    Result<std::optional<Label>> label_of(const InodeKey& key) override {
        const auto found = labels.find(key);
        return found == labels.end() ? std::nullopt : std::optional(found->second);
    }
    Result<std::vector<InodeKey>> keys_of(int fd) override { return std::vector{key_of(fd)}; }
    Result<void> exempt(pid_t pid) override {
        exempted.insert(pid);
        return {};
    }

    void tend() override { ++tended; }

    int event_fd() const override { return event_fd_.get(); }
    Result<std::size_t> read_events(
        const std::function<Result<void>(std::span<const KernelEvent>)>& take) override {
        if (events.empty()) return 0;
        if (auto taken = take(events); !taken) return fail(taken.error());
        const auto count = events.size();
        events.clear();
        std::uint64_t value = 0;
        static_cast<void>(!::read(event_fd_.get(), &value, sizeof value));
        return count;
    }
    void push(KernelEvent event) {
        events.push_back(std::move(event));
        const std::uint64_t one = 1;
        static_cast<void>(!::write(event_fd_.get(), &one, sizeof one));
    }

    std::vector<Counter> counters() const override { return {{"events_lost_ring_full", 3}}; }
    bool can_guard() const override { return true; }
    Result<GuardStatus> guard_status() const override { return guard_status_; }
    Result<void> guard(const GuardSettings& settings) override {
        guard_status_.on = true;
        guard_status_.key = settings.key;
        guard_status_.host_id = settings.host_id;
        for (const auto& [path, roles] : settings.paths)
            guarded[path] |= roles;
        return {};
    }
    Result<void> end_guard() override {
        guard_status_ = {};
        return {};
    }
    Result<void> open_guard(std::chrono::nanoseconds duration) override {
        guard_status_.maintenance_left = duration;
        return {};
    }
    Result<bool> guards(const std::filesystem::path& path, std::uint32_t roles) const override {
        const auto found = guarded.find(path);
        return found != guarded.end() && (found->second & roles) == roles;
    }
    Result<void> remove() override {
        removed = true;
        return {};
    }

    SensorInfo info_{"fake", "0.0", false, {"It sees nothing."}};
    std::vector<std::string> problems;  // of the policy in force
    bool refuse_policies = false;
    bool removed = false;
    struct Applied {
        std::uint64_t version;
        rules::CompiledPolicy policy;
    };
    std::vector<Applied> applied;
    std::map<InodeKey, Label> labels;
    std::set<pid_t> exempted;
    int tended = 0;
    std::vector<KernelEvent> events;
    GuardStatus guard_status_;
    std::map<std::filesystem::path, std::uint32_t> guarded;
    std::function<void()> after_clear;

  private:
    UniqueFd event_fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

}  // namespace modelward::agent
