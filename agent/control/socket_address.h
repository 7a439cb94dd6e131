// SPDX-License-Identifier: Apache-2.0
// A path as the address of a unix socket.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace modelward::agent {

// kLimit: such addresses hold 107 bytes.
inline Result<sockaddr_un> socket_address(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        return fail(ErrorCode::kLimit, path.string() + ": longer than the " +
                                           std::to_string(sizeof address.sun_path - 1) +
                                           " bytes of a socket's path");
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    return address;
}

}  // namespace modelward::agent
