// SPDX-License-Identifier: Apache-2.0
// The one error type of the project.
//
// A function that can fail returns Result<T>. An Error carries a code that callers may branch on and a
// message for a person: what failed, on which thing, and what to do about it. Messages never contain secrets.
// No exception crosses a component's border; a component that uses a throwing library catches at its edge.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace modelward {

enum class ErrorCode {
    kInvalid,      // the input breaks its format or contract
    kLimit,        // the input is beyond an explicit limit
    kNotFound,     // the named thing does not exist
    kDenied,       // not permitted, not authentic or not trusted
    kUnsupported,  // well-formed, but this build or host cannot do it
    kIo,           // the operating system refused (message carries strerror)
    kUnavailable,  // a peer is away; trying again later may succeed
    kConflict,     // the state has moved on (an older version, a duplicate)
    kInternal,     // a broken invariant of ours
};

std::string_view to_string(ErrorCode code);

class Error {
  public:
    Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

    // kIo with strerror(errno_value) appended: "open /a/b: No such file or directory".
    static Error from_errno(std::string_view what, int errno_value);

    ErrorCode code() const { return code_; }
    const std::string& message() const { return message_; }

    // The same error with "context: " in front of the message.
    Error with_context(std::string_view context) const;

  private:
    ErrorCode code_;
    std::string message_;
};

template <typename T>
using Result = std::expected<T, Error>;

// return fail(ErrorCode::kInvalid, "header is 3 bytes long; 8 are needed");
inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
    return std::unexpected(Error(code, std::move(message)));
}
inline std::unexpected<Error> fail(const Error& error) {
    return std::unexpected(error);
}

// return fail_errno("open " + path);   // reads errno first
std::unexpected<Error> fail_errno(std::string_view what);

}  // namespace modelward
