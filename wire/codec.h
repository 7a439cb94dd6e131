// SPDX-License-Identifier: Apache-2.0
// Messages as they travel: protobuf inside one zstd frame. Decompression stops at an explicit limit, so a
// small body cannot become a large allocation. Pure functions, any thread.
#pragma once

#include <google/protobuf/message_lite.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace modelward::wire {

// Limits on the decompressed body of each call.
inline constexpr std::size_t kMaxEnrollBytes = 64 << 10;
inline constexpr std::size_t kMaxEventBatchBytes = 8 << 20;
inline constexpr std::size_t kMaxEventAckBytes = 4 << 10;
inline constexpr std::size_t kMaxBundleBytes = 512 << 20;

Result<std::string> compress(std::string_view bytes);

// kLimit: more than `limit` bytes come out; kInvalid: not one whole zstd frame.
Result<std::string> decompress(std::string_view frame, std::size_t limit);

Result<std::string> serialize(const google::protobuf::MessageLite& message);         // no compression
Result<void> parse(std::string_view bytes, google::protobuf::MessageLite& message);  // kInvalid

Result<std::string> encode(const google::protobuf::MessageLite& message);  // serialize, compress

// decompress, parse. `message` is left empty on error.
Result<void> decode(std::string_view frame, std::size_t limit, google::protobuf::MessageLite& message);

}  // namespace modelward::wire
