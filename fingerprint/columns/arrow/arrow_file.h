// SPDX-License-Identifier: Apache-2.0
// The footer of an Arrow file (https://github.com/apache/arrow, format/File.fbs): its schema, and where its
// dictionaries and batches are.
#pragma once

#include <functional>

#include "fingerprint/columns/arrow/arrow_messages.h"

namespace modelward::fingerprint {

inline constexpr std::uint64_t kArrowMagicBytes = 8;  // with what pads it

bool begins_as_arrow_file(std::span<const std::uint8_t> head);
// Readers look for the footer, whatever the first bytes are.
Result<bool> ends_as_arrow_file(const ByteSource& source);

struct ArrowFileVisitor {
    std::function<Result<void>(const Flatbuffer& footer, std::uint64_t schema)> schema;
    std::function<Result<void>(const MessagePlace& place)> message;  // dictionaries first
    std::function<void(const Error& error)> misplaced;  // a message that is not where it should be
};

// Stops at the visitor's first error. kInvalid, before anything was visited: it has no sound footer. kIo.
Result<void> read_arrow_footer(const ByteSource& source, const ArrowFileVisitor& visitor);

}  // namespace modelward::fingerprint
