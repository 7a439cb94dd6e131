// SPDX-License-Identifier: Apache-2.0
// The fingerprints of all registered artifacts, ready to be asked. Made by IndexBuilder, or opened where an
// index file lies in memory: nothing is read before it is needed. Immutable; threads and processes may share
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/error.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

class Index {
  public:
    Index() = default;  // of nothing
    // `owner` keeps `file` in memory. Errors as tables_in().
    static Result<Index> open(std::span<const std::uint8_t> file, std::shared_ptr<const void> owner);

    // The index file behind a descriptor, mapped for as long as the index or a copy of it lives; `fd` may be
    // closed. kIo, otherwise as open().
    static Result<Index> map(int fd);

    std::size_t size() const { return tables_.artifacts.size(); }
    const IndexTables& tables() const { return tables_; }
    // What it was opened on.
    std::span<const std::uint8_t> file() const { return file_; }

  private:
    IndexTables tables_;
    std::span<const std::uint8_t> file_;
    std::shared_ptr<const void> owner_;
};

}  // namespace modelward::fingerprint
