// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/chunk_filters.h"

#include <zlib.h>

#include <cassert>

#include "fingerprint/readers/lzf.h"

namespace modelward::fingerprint {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kFletcher32Bytes = 4;

Result<Bytes> inflated(Bytes encoded, std::uint64_t most) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return fail(ErrorCode::kLimit, "no memory to inflate a chunk");
    Bytes decoded(most);
    stream.next_in = encoded.data();
    stream.avail_in = static_cast<uInt>(encoded.size());
    stream.next_out = decoded.data();
    stream.avail_out = static_cast<uInt>(decoded.size());
    const int done = inflate(&stream, Z_FINISH);
    const std::size_t bytes = stream.total_out;
    inflateEnd(&stream);
    if (done != Z_STREAM_END) return fail(ErrorCode::kInvalid, "the deflated data of a chunk is broken");
    decoded.resize(bytes);
    return decoded;
}

Result<Bytes> decoded_lzf(const Bytes& encoded, std::uint64_t most) {
    Bytes decoded(most);
    const auto bytes = decode_lzf(encoded, decoded);
    if (!bytes) return fail(bytes.error());
    decoded.resize(*bytes);
    return decoded;
}

// What is left over behind the last whole element was not shuffled.
Bytes unshuffled(const Bytes& shuffled, std::size_t element_bytes) {
    const std::size_t elements = shuffled.size() / element_bytes;
    Bytes bytes(shuffled);
    for (std::size_t place = 0; place < element_bytes; ++place)
        for (std::size_t element = 0; element < elements; ++element)
            bytes[element * element_bytes + place] = shuffled[place * elements + element];
    return bytes;
}

Result<Bytes> undo(const ChunkFilter& filter, Bytes bytes, std::uint64_t most) {
    switch (filter.kind) {
        case ChunkFilter::Kind::kDeflate:
            return inflated(std::move(bytes), most);
        case ChunkFilter::Kind::kLzf:
            return decoded_lzf(bytes, most);
        case ChunkFilter::Kind::kShuffle:
            return filter.element_bytes < 2 ? std::move(bytes) : unshuffled(bytes, filter.element_bytes);
        case ChunkFilter::Kind::kFletcher32:
            if (bytes.size() < kFletcher32Bytes) return fail(ErrorCode::kInvalid, "a chunk has no checksum");
            bytes.resize(bytes.size() - kFletcher32Bytes);
            return bytes;
    }
    return fail(ErrorCode::kInternal, "an unknown filter");
}

}  // namespace

Result<Bytes> decode_chunk(Bytes stored, const StoredChunk& chunk, std::span<const ChunkFilter> filters,
                           std::uint64_t decoded_bytes) {
    assert(decoded_bytes <= kMaxChunkBytes);
    for (std::size_t i = filters.size(); i-- > 0;) {
        if (chunk.skips(i)) continue;
        auto undone = undo(filters[i], std::move(stored), most_stored_bytes(decoded_bytes));
        if (!undone) return fail(undone.error());
        stored = std::move(*undone);
    }
    if (stored.size() != decoded_bytes)
        return fail(ErrorCode::kInvalid, "a chunk has " + std::to_string(stored.size()) +
                                             " bytes instead of " + std::to_string(decoded_bytes));
    return stored;
}

std::uint64_t most_stored_bytes(std::uint64_t decoded_bytes) {
    return decoded_bytes + decoded_bytes / 16 + 1024;
}

}  // namespace modelward::fingerprint
