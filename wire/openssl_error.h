// SPDX-License-Identifier: Apache-2.0
// Turns OpenSSL's error queue into an Error, and empties it.
#pragma once

#include "base/error.h"

namespace modelward::wire {

// "what: reason of the oldest queued error".
std::unexpected<Error> fail_openssl(ErrorCode code, std::string_view what);

}  // namespace modelward::wire
