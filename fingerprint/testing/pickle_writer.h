// SPDX-License-Identifier: Apache-2.0
// Writes pickles instruction by instruction; a test breaks them where it likes.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

class PickleWriter {
  public:
    explicit PickleWriter(std::uint8_t protocol = 2);
    // Instructions without an argument, as their letters: ")", "\x85", "NR".
    PickleWriter& op(std::string_view instructions);
    PickleWriter& text(std::string_view value);
    PickleWriter& integer(std::int64_t value);
    PickleWriter& bytes(const Bytes& value);
    PickleWriter& global(std::string_view module, std::string_view name);
    PickleWriter& tuple(const std::vector<std::uint64_t>& integers);
    PickleWriter& raw(const Bytes& bytes);
    std::size_t size() const { return bytes_.size(); }
    // With STOP at the end.
    Bytes finish() const;
    const Bytes& unfinished() const { return bytes_; }

  private:
    Bytes bytes_;
};

}  // namespace modelward::fingerprint::testing
