// SPDX-License-Identifier: Apache-2.0
// Holds new USB storage that is not on the policy's list approved_storage: the kernel enumerates the device
// and gives it no driver, until it is on the list.
//
// While there is a list, hubs hold whatever is plugged in (authorized_default 0) and this class releases at
// once what stores no files and what is approved; so nothing is lost to a race. Storage that was in use
// before is left alone: pulling it from under a mounted file system would destroy data, and the kernel's
// verdicts guard it anyway. When the agent ends in good order, hubs let devices in again, lest a keyboard be
// locked out; what was held stays held. After a crash they hold everything until the next start, two seconds
// later.
//
// One thread: the main loop's.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/devices/usb_device.h"
#include "agent/loop/event_loop.h"
#include "agent/sensor/uevent.h"
#include "rules/device_pattern.h"

namespace modelward::agent {

class StorageGuard {
  public:
    using List = std::optional<std::vector<rules::DevicePattern>>;
    using Say = std::function<void(const std::string&)>;  // a sentence for the console

    StorageGuard(EventLoop& loop, Say say, std::filesystem::path sys = "/sys")
        : loop_(&loop), say_(std::move(say)), sys_(std::move(sys)) {}
    ~StorageGuard() { end(); }
    StorageGuard(const StorageGuard&) = delete;
    StorageGuard& operator=(const StorageGuard&) = delete;

    // The list of the policy in force; nothing: storage is not controlled, and what was held is released.
    void use(List approved);

    // A device appeared at /sys/devices/...: it is released, or it is held and reported.
    void arrived(const std::filesystem::path& folder);

    // Why new storage is not held everywhere although there is a list; empty: it is.
    const std::string& problem() const { return problem_; }

  private:
    void look_at(const std::filesystem::path& folder);
    void look_at_all();
    void begin();
    void end();
    bool set_default(bool authorized);
    void complain(std::string problem);
    bool is_approved(const UsbDevice& device) const;
    void release(const UsbDevice& device);

    EventLoop* loop_;
    Say say_;
    std::filesystem::path sys_;
    List approved_;
    std::optional<UeventSocket> events_;
    std::set<std::filesystem::path> held_;
    std::string problem_;
    bool at_work_ = false;
};

}  // namespace modelward::agent
