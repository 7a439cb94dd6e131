// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/hdf5_chunks.h"

#include <zlib.h>

#include <algorithm>

namespace modelward::fingerprint::testing {
namespace {

constexpr std::size_t kElement = 4;
constexpr std::uint8_t kOutside = 0xEE;

std::uint64_t product(const Hdf5Counts& extents) {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : extents)
        count *= extent;
    return count;
}

// The place that a number stands for, the last dimension first.
Hdf5Counts place_of(std::uint64_t number, const Hdf5Counts& extents) {
    Hdf5Counts place(extents.size());
    for (std::size_t i = extents.size(); i-- > 0;) {
        place[i] = number % extents[i];
        number /= extents[i];
    }
    return place;
}

Bytes deflated(const Bytes& bytes) {
    uLongf size = compressBound(bytes.size());
    Bytes encoded(size);
    compress2(encoded.data(), &size, bytes.data(), bytes.size(), 1);
    encoded.resize(size);
    return encoded;
}

Bytes shuffled(const Bytes& bytes) {
    Bytes planes;
    for (std::size_t place = 0; place < kElement; ++place)
        for (std::size_t at = place; at < bytes.size(); at += kElement)
            planes.push_back(bytes[at]);
    return planes;
}

Bytes literals(const Bytes& bytes) {
    Bytes encoded;
    for (std::size_t at = 0; at < bytes.size(); at += 32) {
        const std::size_t count = std::min<std::size_t>(32, bytes.size() - at);
        encoded.push_back(static_cast<std::uint8_t>(count - 1));
        for (std::size_t i = 0; i < count; ++i)
            encoded.push_back(bytes[at + i]);
    }
    return encoded;
}

}  // namespace

std::vector<Hdf5Chunk> cut_into_chunks(const Hdf5Counts& shape, const Hdf5Counts& chunk, const Bytes& data) {
    Hdf5Counts grid;
    for (std::size_t i = 0; i < shape.size(); ++i)
        grid.push_back((shape[i] + chunk[i] - 1) / chunk[i]);
    std::vector<Hdf5Chunk> chunks;
    for (std::uint64_t number = 0; number < product(grid); ++number) {
        Hdf5Chunk cut{place_of(number, grid), {}};
        for (std::uint64_t element = 0; element < product(chunk); ++element) {
            const Hdf5Counts inside = place_of(element, chunk);
            std::uint64_t from = 0;
            bool is_outside = false;
            for (std::size_t i = 0; i < shape.size(); ++i) {
                const std::uint64_t at = cut.place[i] * chunk[i] + inside[i];
                is_outside = is_outside || at >= shape[i];
                from = from * shape[i] + at;
            }
            for (std::size_t byte = 0; byte < kElement; ++byte)
                cut.bytes.push_back(is_outside ? kOutside : data.at(from * kElement + byte));
        }
        chunks.push_back(std::move(cut));
    }
    return chunks;
}

Bytes filtered(std::uint16_t filter, const Bytes& bytes) {
    if (filter == kHdf5Deflate) return deflated(bytes);
    if (filter == kHdf5Shuffle) return shuffled(bytes);
    if (filter == kHdf5Lzf) return literals(bytes);
    Bytes with_checksum = bytes;
    append(with_checksum, Bytes(4));
    return with_checksum;
}

Hdf5Part hdf5_filters(const std::vector<std::uint16_t>& filters, std::uint8_t version) {
    Bytes body{version, static_cast<std::uint8_t>(filters.size())};
    if (version == 1) append(body, Bytes(6));
    for (const std::uint16_t filter : filters) {
        const bool is_named = version == 1 || filter >= 256;
        const std::string name = is_named ? std::string("any\0\0\0\0\0", 8) : "";
        append_number(body, filter);
        if (is_named) append_number(body, static_cast<std::uint16_t>(name.size()));
        append_number(body, std::uint16_t{0});
        append_number(body, std::uint16_t{1});
        append(body, name);
        append_number(body, static_cast<std::uint32_t>(kElement));  // of shuffle
        if (version == 1) append(body, Bytes(4));
    }
    return {0x0B, body};
}

Hdf5Part hdf5_chunked(std::uint64_t address, const Hdf5Counts& chunk) {
    Bytes body{3, 2, static_cast<std::uint8_t>(chunk.size() + 1)};
    append_number(body, address);
    for (const std::uint64_t extent : chunk)
        append_number(body, static_cast<std::uint32_t>(extent));
    append_number(body, static_cast<std::uint32_t>(kElement));
    return {0x08, body};
}

Hdf5Part hdf5_indexed(std::uint8_t index, const Bytes& details, std::uint64_t address,
                      const Hdf5Counts& chunk, std::uint8_t flags) {
    Bytes body{4, 2, flags, static_cast<std::uint8_t>(chunk.size() + 1), 2};
    for (const std::uint64_t extent : chunk)
        append_number(body, static_cast<std::uint16_t>(extent));
    append_number(body, static_cast<std::uint16_t>(kElement));
    body.push_back(index);
    append(body, details);
    append_number(body, address);
    return {0x08, body};
}

std::uint64_t add_chunk_tree(Hdf5Writer& file, const std::vector<Hdf5Chunk>& chunks,
                             const Hdf5Counts& chunk) {
    Bytes tree{'T', 'R', 'E', 'E', 1, 0};
    append_number(tree, static_cast<std::uint16_t>(chunks.size()));
    append(tree, Bytes(16, 0xFF));
    for (const Hdf5Chunk& one : chunks) {
        append_number(tree, static_cast<std::uint32_t>(one.bytes.size()));
        append_number(tree, one.skipped);
        for (std::size_t i = 0; i < chunk.size(); ++i)
            append_number(tree, one.place[i] * chunk[i]);
        append_number(tree, std::uint64_t{0});
        append_number(tree, file.add(one.bytes));
    }
    append(tree, Bytes(8 + 8 * (chunk.size() + 1)));
    return file.add(tree);
}

std::uint64_t add_chunked(Hdf5Writer& file, const Hdf5Counts& shape, const Hdf5Counts& chunk,
                          const std::vector<std::uint16_t>& filters, const Bytes& data) {
    std::vector<Hdf5Chunk> chunks = cut_into_chunks(shape, chunk, data);
    for (Hdf5Chunk& one : chunks)
        for (const std::uint16_t filter : filters)
            one.bytes = filtered(filter, one.bytes);
    std::vector<Hdf5Part> parts{hdf5_dataspace(shape), hdf5_float(4),
                                hdf5_chunked(add_chunk_tree(file, chunks, chunk), chunk)};
    if (!filters.empty()) parts.push_back(hdf5_filters(filters));
    return file.header(parts);
}

}  // namespace modelward::fingerprint::testing
