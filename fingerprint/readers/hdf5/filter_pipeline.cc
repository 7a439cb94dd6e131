// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/filter_pipeline.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint16_t kFirstNamed = 256;  // in version 2, filters below have no name

struct KnownFilter {
    std::uint16_t number;
    std::string_view name;
    std::optional<ChunkFilter::Kind> kind;  // null: it is not read
};
// https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md
constexpr KnownFilter kFilters[] = {
    {1, "deflate", ChunkFilter::Kind::kDeflate},
    {2, "shuffle", ChunkFilter::Kind::kShuffle},
    {3, "fletcher32", ChunkFilter::Kind::kFletcher32},
    {4, "szip", {}},
    {5, "nbit", {}},
    {6, "scaleoffset", {}},
    {307, "bzip2", {}},
    {32000, "lzf", ChunkFilter::Kind::kLzf},
    {32001, "blosc", {}},
    {32004, "lz4", {}},
    {32008, "bitshuffle", {}},
    {32013, "zfp", {}},
    {32015, "zstd", {}},
    {32026, "blosc2", {}},
};

struct Pipeline {
    Hdf5Cursor& cursor;
    std::uint8_t version;

    std::optional<ChunkFilter> next() {
        const auto number = cursor.number<std::uint16_t>();
        const bool has_name = version == 1 || number >= kFirstNamed;
        const std::uint64_t name_bytes = has_name ? cursor.number<std::uint16_t>() : 0;
        cursor.skip(2);  // flags
        const auto values = cursor.number<std::uint16_t>();
        cursor.skip(version == 1 ? (name_bytes + 7) / 8 * 8 : name_bytes);
        const std::uint32_t first = values > 0 ? cursor.number<std::uint32_t>() : 0;
        const std::uint64_t more = values > 0 ? values - 1U : 0U;
        cursor.skip(4 * (more + (version == 1 && values % 2 != 0 ? 1 : 0)));
        if (!cursor.ok()) return std::nullopt;
        const auto* known = std::ranges::find(kFilters, number, &KnownFilter::number);
        if (known == std::end(kFilters) || !known->kind) {
            const std::string name = known == std::end(kFilters) ? "" : " (" + std::string(known->name) + ")";
            cursor.refuse(ErrorCode::kUnsupported,
                          "chunks are stored through filter " + std::to_string(number) + name);
            return std::nullopt;
        }
        return ChunkFilter{*known->kind, std::max(first, 1U)};
    }
};

}  // namespace

Result<std::vector<ChunkFilter>> read_filter_pipeline(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    const auto count = cursor.number<std::uint8_t>();
    if (version != 1 && version != 2)
        cursor.refuse(ErrorCode::kUnsupported, "filter pipeline version " + std::to_string(version));
    if (count > kMaxChunkFilters)
        cursor.refuse(ErrorCode::kLimit, "chunks are stored through " + std::to_string(count) + " filters");
    if (version == 1) cursor.skip(6);
    Pipeline pipeline{cursor, version};
    std::vector<ChunkFilter> filters;
    filters.reserve(count <= kMaxChunkFilters ? count : 0);
    for (std::uint8_t i = 0; i < count && cursor.ok(); ++i)
        if (const auto filter = pipeline.next()) filters.push_back(*filter);
    if (!cursor.ok()) return fail(cursor.error());
    return filters;
}

}  // namespace modelward::fingerprint
