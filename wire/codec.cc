// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.h"

#include <zstd.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace modelward::wire {
namespace {

constexpr int kLevel = 1;  // the ratio gained above is small against its time (measured on event batches)
constexpr int kMaxWindowLog = 23;  // 8 MiB: what a decoder must be ready to hold, RFC 8878 section 3.1.1.1.2

struct FreeDecoder {
    void operator()(ZSTD_DCtx* decoder) const { ZSTD_freeDCtx(decoder); }
};

}  // namespace

Result<std::string> compress(std::string_view bytes) {
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t length = ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), kLevel);
    if (ZSTD_isError(length))
        return fail(ErrorCode::kInternal, std::string("zstd: ") + ZSTD_getErrorName(length));
    frame.resize(length);
    return frame;
}

Result<std::string> decompress(std::string_view frame, std::size_t limit) {
    const std::unique_ptr<ZSTD_DCtx, FreeDecoder> decoder(ZSTD_createDCtx());
    if (!decoder) return fail(ErrorCode::kInternal, "zstd: no memory for a decoder");
    ZSTD_DCtx_setParameter(decoder.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    std::string bytes;
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    while (true) {
        // One byte above the limit is room enough to notice that there is more.
        const std::size_t room = std::min(limit + 1 - bytes.size(), ZSTD_DStreamOutSize());
        const std::size_t before = bytes.size();
        bytes.resize(before + room);
        ZSTD_outBuffer out{bytes.data() + before, room, 0};
        const std::size_t left = ZSTD_decompressStream(decoder.get(), &out, &in);
        bytes.resize(before + out.pos);
        if (ZSTD_isError(left))
            return fail(ErrorCode::kInvalid, std::string("zstd: ") + ZSTD_getErrorName(left));
        if (bytes.size() > limit) {
            return fail(ErrorCode::kLimit,
                        "body is longer than " + std::to_string(limit) + " bytes decompressed");
        }
        if (left == 0) break;
        if (in.pos == in.size && out.pos < room)
            return fail(ErrorCode::kInvalid, "zstd: the frame is cut off");
    }
    if (in.pos != in.size) return fail(ErrorCode::kInvalid, "zstd: bytes follow the frame");
    return bytes;
}

Result<std::string> serialize(const google::protobuf::MessageLite& message) {
    std::string bytes;
    if (!message.SerializeToString(&bytes))
        return fail(ErrorCode::kLimit, "message is too large to serialize");
    return bytes;
}

Result<void> parse(std::string_view bytes, google::protobuf::MessageLite& message) {
    const bool fits = bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
    if (!fits || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        message.Clear();
        return fail(ErrorCode::kInvalid, "not a well-formed " + message.GetTypeName());
    }
    return {};
}

Result<std::string> encode(const google::protobuf::MessageLite& message) {
    const auto bytes = serialize(message);
    if (!bytes) return fail(bytes.error());
    return compress(*bytes);
}

Result<void> decode(std::string_view frame, std::size_t limit, google::protobuf::MessageLite& message) {
    message.Clear();
    const auto bytes = decompress(frame, limit);
    if (!bytes) return fail(bytes.error());
    return parse(*bytes, message);
}

}  // namespace modelward::wire
