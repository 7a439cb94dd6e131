// SPDX-License-Identifier: Apache-2.0
// Shows a notification on the desktop of the user who runs this: org.freedesktop.Notifications on their
// session bus (sd-bus of libsystemd).
#pragma once

#include <memory>
#include <string>

#include "base/error.h"

struct sd_bus;

namespace modelward::cli {

class Desktop {
  public:
    // kUnavailable: there is no session bus, or nobody on it shows notifications. The next call tries again.
    Result<void> show(const std::string& title, const std::string& body);

  private:
    struct Close {
        void operator()(sd_bus* bus) const;
    };
    std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace modelward::cli
