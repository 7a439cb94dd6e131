// SPDX-License-Identifier: Apache-2.0
// GGUF versions 1 to 3: magic, version, counts, key-value pairs, tensor infos, padding, data. Dimensions are
// listed innermost first; offsets count from the start of the data.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#include <algorithm>
#include <array>

#include "fingerprint/readers/ggml_types.h"
#include "fingerprint/readers/gguf_metadata.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/reader.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kNewestVersion = 3;

struct TensorInfo {
    std::string name;
    std::vector<std::uint64_t> shape;
    std::uint32_t type;
    std::uint64_t offset;
};

TensorInfo read_info(HeaderCursor& cursor, std::uint32_t version) {
    TensorInfo info{cursor.text(read_gguf_size(cursor, version)), {}, 0, 0};
    const auto dimensions = cursor.number<std::uint32_t>();
    if (dimensions > kMaxDimensions) {
        cursor.refuse(ErrorCode::kLimit, "tensor '" + info.name + "' has " + std::to_string(dimensions) +
                                             " dimensions; the limit is " + std::to_string(kMaxDimensions));
        return info;
    }
    for (std::uint32_t i = 0; i < dimensions; ++i)
        info.shape.push_back(read_gguf_size(cursor, version));
    std::ranges::reverse(info.shape);
    info.type = cursor.number<std::uint32_t>();
    info.offset = cursor.number<std::uint64_t>();
    return info;
}

// name length, dimension count, type and offset
std::uint64_t least_info_bytes(std::uint32_t version) {
    return version == 1 ? 20 : 24;
}

// Its offset is from where the data begin, which is known when all are read.
Result<void> add_tensor(TensorTable& table, TensorInfo info, std::uint64_t alignment) {
    const auto dtype = ggml_type(info.type);
    if (!dtype) {
        note_defect(table,
                    Error(ErrorCode::kUnsupported, "GGUF: tensor '" + info.name + "' has the unknown type " +
                                                       std::to_string(info.type)));
        return {};
    }
    if (info.offset % alignment != 0) {
        return fail(ErrorCode::kInvalid, "GGUF: tensor '" + info.name + "' at offset " +
                                             std::to_string(info.offset) + " is not aligned to " +
                                             std::to_string(alignment));
    }
    const auto extent = extent_of(*dtype, info.shape);
    constexpr std::uint64_t kTooFar = std::uint64_t{1} << 62;
    if (!extent || info.offset >= kTooFar - kMaxHeaderBytes - alignment || extent->bytes >= kTooFar) {
        return fail(ErrorCode::kInvalid, "GGUF: tensor '" + info.name +
                                             "': the shape is too large or its rows are not whole blocks");
    }
    append(table, {std::move(info.name), *dtype, std::move(info.shape), extent->elements, info.offset,
                   extent->bytes});
    return {};
}

Result<std::uint32_t> read_version(HeaderCursor& cursor) {
    cursor.skip(4);
    const auto version = cursor.number<std::uint32_t>();
    if (!cursor.ok()) return fail(cursor.error().with_context("GGUF"));
    if (version >= 1 && version <= kNewestVersion) return version;
    if ((version & 0xFFFFU) == 0 && version != 0) {
        return fail(ErrorCode::kUnsupported, "GGUF: big-endian files are not read");
    }
    return fail(ErrorCode::kUnsupported, "GGUF: version " + std::to_string(version) + "; 1 to 3 are read");
}

Result<TensorTable> parse(const ByteSource& source) {
    HeaderCursor cursor(source);
    const auto version = read_version(cursor);
    if (!version) return fail(version.error());
    const std::uint64_t tensors = read_gguf_size(cursor, *version);
    const std::uint64_t pairs = read_gguf_size(cursor, *version);
    if (tensors > kMaxTensors || pairs > kMaxGgufPairs || !cursor.fits(tensors, least_info_bytes(*version))) {
        cursor.refuse(ErrorCode::kLimit, std::to_string(tensors) + " tensors and " + std::to_string(pairs) +
                                             " key-value pairs are announced; the limits are " +
                                             std::to_string(kMaxTensors) + ", " +
                                             std::to_string(kMaxGgufPairs) + " and the size of the file");
    }
    const GgufMetadata metadata = read_gguf_metadata(cursor, *version, pairs);
    TensorTable table{.format = "gguf", .data_start = 0, .tensors = {}, .defect = {}};
    TensorNames names;
    for (std::uint64_t i = 0; i < tensors && cursor.ok(); ++i) {
        TensorInfo info = read_info(cursor, *version);
        if (!cursor.ok()) break;
        std::string(names.keep(info.name))
            .swap(info.name);  // an assignment would keep the longer one's memory
        if (auto added = add_tensor(table, std::move(info), metadata.alignment); !added)
            return fail(added.error());
    }
    if (!cursor.ok()) return fail(cursor.error().with_context("GGUF"));
    table.data_start = (cursor.position() + metadata.alignment - 1) / metadata.alignment * metadata.alignment;
    for (Tensor& tensor : table.tensors)
        tensor.offset += table.data_start;
    if (auto settled = settle(table, source.size()); !settled)
        return fail(settled.error().with_context("GGUF"));
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    static constexpr std::array<std::uint8_t, 4> kMagic = {'G', 'G', 'U', 'F'};
    return head.size() >= kMagic.size() && std::ranges::equal(head.first(kMagic.size()), kMagic);
}

}  // namespace

const Reader kGgufReader{"gguf", claims, parse};

}  // namespace modelward::fingerprint
