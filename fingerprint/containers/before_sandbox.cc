// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/before_sandbox.h"

#include <stdlib.h>
#include <time.h>

#include "fingerprint/file_format.h"

namespace modelward::fingerprint {
namespace {

// Loaded once and kept; null when the host has none.
locale_t utf8() {
    static const locale_t locale = [] {
        for (const char* name : {"C.UTF-8", "C.utf8", "en_US.UTF-8"})
            if (const locale_t found = ::newlocale(LC_CTYPE_MASK, name, nullptr); found != nullptr)
                return found;
        return locale_t{};
    }();
    return locale;
}

}  // namespace

Result<void> load_before_sandbox() {
    if (::setenv("TZ", "UTC0", 1) != 0) return fail_errno("set the time zone");
    ::tzset();
    if (utf8() == nullptr)
        return fail(ErrorCode::kUnsupported,
                    "there is no UTF-8 locale (C.UTF-8), which reading names in archives needs");
    if (const auto digest = file_digest({}); !digest) return fail(digest.error());
    return {};
}

ArchiveLocale::ArchiveLocale() : before_(utf8() != nullptr ? ::uselocale(utf8()) : locale_t{}) {}

ArchiveLocale::~ArchiveLocale() {
    if (before_ != nullptr) ::uselocale(before_);
}

}  // namespace modelward::fingerprint
