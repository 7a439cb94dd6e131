// SPDX-License-Identifier: Apache-2.0
// Tells the service manager how it goes (sd_notify(3)): one datagram to the socket named by NOTIFY_SOCKET.
#pragma once

#include <string_view>

namespace modelward {

// "READY=1", "WATCHDOG=1", "STOPPING=1". Without a service manager nothing happens; a failure is of no
// consequence.
void notify_service(std::string_view state);

}  // namespace modelward
