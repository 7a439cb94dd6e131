// SPDX-License-Identifier: Apache-2.0
#include "cli/desktop.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <cstring>

namespace modelward::cli {
namespace {

constexpr const char* kService = "org.freedesktop.Notifications";
constexpr const char* kPath = "/org/freedesktop/Notifications";
constexpr std::uint8_t kCritical = 2;  // stays until the person has seen it
constexpr std::uint64_t kPatienceUs = 5'000'000;

std::unexpected<Error> unavailable(const std::string& what) {
    return fail(ErrorCode::kUnavailable, "desktop notifications: " + what);
}

struct Call {
    sd_bus_message *request = nullptr, *reply = nullptr;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    Call() = default;
    Call(const Call&) = delete;
    ~Call() {
        sd_bus_message_unref(request);
        sd_bus_message_unref(reply);
        sd_bus_error_free(&error);
    }
};

}  // namespace

void Desktop::Close::operator()(sd_bus* bus) const {
    sd_bus_flush_close_unref(bus);
}

Result<void> Desktop::show(const std::string& title, const std::string& body) {
    if (!bus_) {
        sd_bus* bus = nullptr;
        if (const int opened = sd_bus_open_user(&bus); opened < 0)
            return unavailable(std::string("the session bus: ") + std::strerror(-opened));
        bus_.reset(bus);
    }
    Call call;
    // Notify(program, replaces, icon, title, body, actions, hints, milliseconds): the desktop notifications
    // specification, 1.2.
    int done = sd_bus_message_new_method_call(bus_.get(), &call.request, kService, kPath, kService, "Notify");
    if (done >= 0)
        done = sd_bus_message_append(call.request, "susssasa{sv}i", "Modelward", std::uint32_t{0},
                                     "dialog-warning", title.c_str(), body.c_str(), 0, 1, "urgency", "y",
                                     static_cast<int>(kCritical), -1);
    if (done >= 0) done = sd_bus_call(bus_.get(), call.request, kPatienceUs, &call.error, &call.reply);
    if (done >= 0) return {};
    const std::string why = sd_bus_error_is_set(&call.error) ? call.error.message : std::strerror(-done);
    bus_.reset();  // it may be the bus that has ended
    return unavailable(why);
}

}  // namespace modelward::cli
