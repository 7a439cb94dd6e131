// SPDX-License-Identifier: Apache-2.0
// With a real message bus, and a small server of notifications on it.
#include "cli/desktop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

struct Shown {
    std::string program, title, body;
    int urgency = -1;
};

// The daemon of one session; nothing on this machine hears of it.
class Bus {
  public:
    explicit Bus(const std::filesystem::path& folder) {
        address_ = "unix:path=" + (folder / "bus").string();
        std::ofstream(folder / "bus.conf")
            << "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
               "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><listen>"
            << address_
            << "</listen><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
               "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
        const auto config = "--config-file=" + (folder / "bus.conf").string();
        pid_ = ::fork();
        if (pid_ == 0) {
            ::execlp("dbus-daemon", "dbus-daemon", config.c_str(), "--nofork", "--nosyslog", nullptr);
            ::_exit(127);
        }
        ::setenv("DBUS_SESSION_BUS_ADDRESS", address_.c_str(), 1);
    }
    ~Bus() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    // Once the daemon listens.
    sd_bus* connect() const {
        sd_bus* bus = nullptr;
        for (int tries = 0; tries < 500 && sd_bus_open_user(&bus) < 0; ++tries)
            ::usleep(10'000);
        return bus;
    }

  private:
    std::string address_;
    pid_t pid_ = -1;
};

class NotificationServer {
  public:
    explicit NotificationServer(const Bus& bus) : bus_(bus.connect()) {
        static const sd_bus_vtable kTable[] = {
            SD_BUS_VTABLE_START(0),
            SD_BUS_METHOD("Notify", "susssasa{sv}i", "u", &NotificationServer::notify,
                          SD_BUS_VTABLE_UNPRIVILEGED),
            SD_BUS_VTABLE_END};
        EXPECT_GE(sd_bus_add_object_vtable(bus_, nullptr, "/org/freedesktop/Notifications",
                                           "org.freedesktop.Notifications", kTable, this),
                  0);
        EXPECT_GE(sd_bus_request_name(bus_, "org.freedesktop.Notifications", 0), 0);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested())
                if (sd_bus_process(bus_, nullptr) == 0) sd_bus_wait(bus_, 20'000);
        });
    }
    ~NotificationServer() {
        thread_.request_stop();
        thread_.join();
        sd_bus_flush_close_unref(bus_);
    }
    std::vector<Shown> shown() {
        const std::lock_guard lock(mutex_);
        return shown_;
    }

  private:
    static int notify(sd_bus_message* message, void* self, sd_bus_error*) {
        const char *program, *icon, *title, *body, *hint;
        std::uint32_t replaces;
        std::uint8_t urgency = 255;
        int done = sd_bus_message_read(message, "susss", &program, &replaces, &icon, &title, &body);
        if (done >= 0) done = sd_bus_message_skip(message, "as");
        if (done >= 0) done = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (done >= 0) done = sd_bus_message_enter_container(message, 'e', "sv");
        if (done >= 0) done = sd_bus_message_read(message, "sv", &hint, "y", &urgency);
        if (done < 0) return done;
        auto& server = *static_cast<NotificationServer*>(self);
        const std::lock_guard lock(server.mutex_);
        server.shown_.push_back({program, title, body, urgency});
        return sd_bus_reply_method_return(message, "u", 1);
    }
    sd_bus* bus_;
    std::mutex mutex_;
    std::vector<Shown> shown_;
    std::jthread thread_;
};

TEST(Desktop, ANoticeIsShownUntilItIsSeen) {
    const TemporaryDirectory folder;
    const Bus bus(folder.path());
    NotificationServer server(bus);
    Desktop desktop;
    const auto done = desktop.show("Modelward stopped something", "cp was stopped.");
    ASSERT_TRUE(done) << done.error().message();
    ASSERT_EQ(server.shown().size(), 1u);
    EXPECT_EQ(server.shown()[0].program, "Modelward");
    EXPECT_EQ(server.shown()[0].title, "Modelward stopped something");
    EXPECT_EQ(server.shown()[0].body, "cp was stopped.");
    EXPECT_EQ(server.shown()[0].urgency, 2);
}

TEST(Desktop, WithoutAServerOrABusItSaysSoAndTriesAgain) {
    const TemporaryDirectory folder;
    ::setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + (folder.path() / "absent").string()).c_str(), 1);
    Desktop desktop;
    EXPECT_EQ(desktop.show("t", "b").error().code(), ErrorCode::kUnavailable);
    const Bus bus(folder.path());
    sd_bus_flush_close_unref(bus.connect());
    EXPECT_EQ(desktop.show("t", "b").error().code(), ErrorCode::kUnavailable) << "nobody shows it";
    NotificationServer server(bus);
    EXPECT_TRUE(desktop.show("t", "b"));
    EXPECT_EQ(server.shown().size(), 1u);
}

}  // namespace
}  // namespace modelward::cli
