// SPDX-License-Identifier: Apache-2.0
#include "wire/openssl_error.h"

#include <openssl/err.h>

namespace modelward::wire {

std::unexpected<Error> fail_openssl(ErrorCode code, std::string_view what) {
    const unsigned long oldest = ERR_get_error();
    ERR_clear_error();
    const char* reason = oldest == 0 ? nullptr : ERR_reason_error_string(oldest);
    return fail(code, std::string(what) + ": " + (reason == nullptr ? "OpenSSL gave no reason" : reason));
}

}  // namespace modelward::wire
