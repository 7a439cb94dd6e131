// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace modelward {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
            return "invalid";
        case ErrorCode::kLimit:
            return "limit";
        case ErrorCode::kNotFound:
            return "not found";
        case ErrorCode::kDenied:
            return "denied";
        case ErrorCode::kUnsupported:
            return "unsupported";
        case ErrorCode::kIo:
            return "io";
        case ErrorCode::kUnavailable:
            return "unavailable";
        case ErrorCode::kConflict:
            return "conflict";
        case ErrorCode::kInternal:
            return "internal";
    }
    return "unknown";
}

Error Error::from_errno(std::string_view what, int errno_value) {
    return {ErrorCode::kIo, std::string(what) + ": " + std::generic_category().message(errno_value)};
}

Error Error::with_context(std::string_view context) const {
    return {code_, std::string(context) + ": " + message_};
}

std::unexpected<Error> fail_errno(std::string_view what) {
    const int saved = errno;
    return std::unexpected(Error::from_errno(what, saved));
}

}  // namespace modelward
