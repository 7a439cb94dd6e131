// SPDX-License-Identifier: Apache-2.0
// Tells systemd how the service is doing (sd_notify(3), the datagram protocol itself: one message to one
// socket).
#pragma once

#include <string_view>

namespace modelward::console {

// "READY=1", "STOPPING=1". Does nothing outside systemd.
void notify_service_manager(std::string_view state);

}  // namespace modelward::console
