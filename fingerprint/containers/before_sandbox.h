// SPDX-License-Identifier: Apache-2.0
// What libraries would load from files while a file is looked at: libarchive the character set of names and
// the time zone of dates, OpenSSL its configuration. A process that gives up opening files calls
// load_before_sandbox() first; others need not.
#pragma once

#include <locale.h>

#include "base/error.h"

namespace modelward::fingerprint {

// Sets the process's time zone to UTC. Single-threaded. kUnsupported: the host has no UTF-8 locale.
// kInternal: OpenSSL has no SHA-256.
Result<void> load_before_sandbox();

// While it lives, the thread's character set is UTF-8, so that libarchive converts names without iconv, which
// loads a module for each character set. Where the host has no such locale, nothing is changed.
class ArchiveLocale {
  public:
    ArchiveLocale();
    ~ArchiveLocale();
    ArchiveLocale(const ArchiveLocale&) = delete;
    ArchiveLocale& operator=(const ArchiveLocale&) = delete;

  private:
    locale_t before_;
};

}  // namespace modelward::fingerprint
