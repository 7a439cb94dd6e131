// SPDX-License-Identifier: Apache-2.0
#include "agent/devices/storage_guard.h"

#include <algorithm>
#include <fstream>

namespace modelward::agent {
namespace {

constexpr const char* kHubNotHeld =
    "Not every USB hub could be told to hold new devices: storage plugged in there is not controlled.";

// Every folder of /sys/bus/usb/devices, as events name it: /sys/devices/...
std::vector<std::filesystem::path> usb_folders(const std::filesystem::path& sys) {
    std::vector<std::filesystem::path> folders;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(sys / "bus/usb/devices", error))
        folders.push_back(std::filesystem::canonical(entry.path(), error));
    std::ranges::sort(folders);
    return folders;
}

bool is_root_hub(const std::filesystem::path& folder) {
    return folder.filename().string().starts_with("usb");
}

bool put(const std::filesystem::path& path, char value) {
    std::ofstream file(path);
    file << value << std::flush;
    return file.good();
}

}  // namespace

void StorageGuard::use(List approved) {
    approved_ = std::move(approved);
    if (approved_) {
        if (!at_work_) begin();
        return look_at_all();
    }
    if (!at_work_) return;
    end();
    for (const auto& folder : held_)
        if (const auto device = read_usb_device(folder)) release(*device);
    held_.clear();
}

void StorageGuard::begin() {
    at_work_ = true;
    auto events = UeventSocket::open();
    if (events) {
        events_ = std::move(*events);
        const auto added = loop_->add(events_->fd(), [this] {
            const bool complete = events_->read([this](std::string_view message) {
                if (const auto path = added_usb_device(message)) arrived(sys_ / path->substr(1));
            });
            if (!complete) look_at_all();
        });
        if (!added) events = fail(added.error());
    }
    if (!events) {
        events_.reset();
        return complain("USB storage cannot be controlled: " + events.error().message());
    }
    if (!set_default(false)) complain(kHubNotHeld);
}

void StorageGuard::end() {
    if (!at_work_) return;
    at_work_ = false;
    problem_.clear();
    if (!events_) return;
    (void)set_default(true);
    loop_->remove(events_->fd());
    events_.reset();
}

// The module's parameter is for host controllers that come later.
bool StorageGuard::set_default(bool authorized) {
    const char value = authorized ? '1' : '0';
    bool done = put(sys_ / "module/usbcore/parameters/authorized_default", value);
    for (const auto& folder : usb_folders(sys_))
        if (is_root_hub(folder)) done = put(folder / "authorized_default", value) && done;
    return done;
}

void StorageGuard::complain(std::string problem) {
    if (problem == problem_) return;
    problem_ = std::move(problem);
    say_(problem_);
}

bool StorageGuard::is_approved(const UsbDevice& device) const {
    return std::ranges::any_of(*approved_, [&](const rules::DevicePattern& pattern) {
        return pattern.matches(device.vendor, device.product, device.serial);
    });
}

void StorageGuard::release(const UsbDevice& device) {
    if (auto done = set_authorized(device.folder, true); !done)
        return say_("The USB device " + device.describe() +
                    " could not be released: " + done.error().message());
    if (device.storage) say_("USB storage " + device.describe() + " was let in.");
}

// Another device may have been at that place before.
void StorageGuard::arrived(const std::filesystem::path& folder) {
    held_.erase(folder);
    look_at(folder);
}

void StorageGuard::look_at(const std::filesystem::path& folder) {
    if (!approved_) return;
    if (is_root_hub(folder)) {
        if (!put(folder / "authorized_default", '0')) complain(kHubNotHeld);
        return;
    }
    const auto device = read_usb_device(folder);
    if (!device || device->authorized) return;
    if (!device->storage || is_approved(*device)) {
        held_.erase(folder);
        return release(*device);
    }
    if (held_.insert(folder).second)
        say_("USB storage " + device->describe() +
             " is held: it is not in the list approved_storage. Add it there to let it in.");
}

// Also forgets what is no longer plugged in.
void StorageGuard::look_at_all() {
    std::erase_if(held_, [](const auto& folder) { return !read_usb_device(folder); });
    for (const auto& folder : usb_folders(sys_))
        if (!is_root_hub(folder)) look_at(folder);
}

}  // namespace modelward::agent
