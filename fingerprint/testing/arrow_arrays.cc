// SPDX-License-Identifier: Apache-2.0
// The buffers of arrays.
#include <algorithm>

#include "fingerprint/testing/arrow_writer.h"

namespace modelward::fingerprint::testing {
namespace {

void append_bits(Bytes& bytes, std::uint64_t number, unsigned bits) {
    for (unsigned at = 0; at < bits; at += 8)
        bytes.push_back(static_cast<std::uint8_t>(number >> at));
}

unsigned bits_of_ends(ArrowType type) {
    const bool is_large =
        type == ArrowType::kLargeUtf8 || type == ArrowType::kLargeBinary || type == ArrowType::kLargeList;
    return is_large ? 64 : 32;
}

}  // namespace

ArrowArray arrow_fixed(ArrowType type, const std::vector<ArrowParameter>& parameters, std::uint64_t length,
                       const Bytes& values) {
    return {.type = type, .parameters = parameters, .length = length, .buffers = {{}, values}};
}

ArrowArray arrow_numbers(const std::vector<std::uint64_t>& numbers, unsigned bits, bool is_signed) {
    Bytes values;
    for (const std::uint64_t number : numbers)
        append_bits(values, number, bits);
    return arrow_fixed(ArrowType::kInt, {{0, bits}, {1, is_signed ? 1U : 0U, 1}}, numbers.size(), values);
}

ArrowArray arrow_texts(const std::vector<std::string>& texts, ArrowType type) {
    Bytes ends, bytes;
    append_bits(ends, 0, bits_of_ends(type));
    for (const std::string& text : texts) {
        append(bytes, text);
        append_bits(ends, bytes.size(), bits_of_ends(type));
    }
    return {.type = type, .length = texts.size(), .buffers = {{}, ends, bytes}};
}

ArrowArray arrow_views(const std::vector<std::string>& texts) {
    Bytes views, bytes;
    for (const std::string& text : texts) {
        append_bits(views, text.size(), 32);
        Bytes rest(12);
        std::copy_n(text.begin(), std::min<std::size_t>(text.size(), text.size() > 12 ? 4 : 12),
                    rest.begin());
        if (text.size() > 12) {
            rest.resize(4);
            append_bits(rest, 0, 32);
            append_bits(rest, bytes.size(), 32);
            append(bytes, text);
        }
        append(views, rest);
    }
    return {.type = ArrowType::kUtf8View, .length = texts.size(), .buffers = {{}, views, bytes}};
}

ArrowArray arrow_places(std::uint64_t dictionary, const std::vector<std::uint64_t>& places,
                        const ArrowArray& values, unsigned bits) {
    ArrowArray array = arrow_numbers(places, bits);
    array.type = values.type;
    array.parameters = values.parameters;
    array.children = values.children;
    array.dictionary = dictionary;
    array.place_bits = bits;
    return array;
}

ArrowArray arrow_lists(const std::vector<std::uint64_t>& ends, const ArrowArray& values, ArrowType type) {
    Bytes bytes;
    append_bits(bytes, 0, bits_of_ends(type));
    for (const std::uint64_t end : ends)
        append_bits(bytes, end, bits_of_ends(type));
    return {.type = type, .length = ends.size(), .buffers = {{}, bytes}, .children = {values}};
}

ArrowArray arrow_structure(const std::vector<ArrowArray>& children) {
    return {.type = ArrowType::kStruct,
            .length = children.empty() ? 0 : children[0].length,
            .buffers = {{}},
            .children = children};
}

ArrowArray with_nulls(ArrowArray array, std::string_view bits) {
    Bytes& nulls = array.buffers.at(0);
    nulls.assign((bits.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i] == '1')
            nulls[i / 8] = static_cast<std::uint8_t>(nulls[i / 8] | 1U << i % 8);
        else
            ++array.nulls;
    }
    return array;
}

Bytes lz4_frame(const Bytes& bytes) {
    Bytes frame;
    append_number(frame, std::uint32_t{0x184D2204});
    frame.insert(frame.end(),
                 {0x40, 0x40, 0});  // blocks that depend on each other; the checksum is not asked
    const std::size_t stored = bytes.size() / 2;
    if (stored != 0) {
        append_number(frame, static_cast<std::uint32_t>(stored | 0x80000000U));
        append(frame, Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(stored)));
    }
    Bytes rest(bytes.begin() + static_cast<std::ptrdiff_t>(stored), bytes.end());
    Bytes block;
    // What begins as the bytes before it do is a copy of them.
    std::size_t same = 0;
    while (same < std::min(rest.size(), stored) && rest[same] == bytes[same])
        ++same;
    if (same >= 4 && same < 19 && stored <= 0xFFFF) {
        block.push_back(static_cast<std::uint8_t>(same - 4));
        append_number(block, static_cast<std::uint16_t>(stored));
        rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(same));
    }
    block.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(rest.size(), 15) << 4));
    if (rest.size() >= 15) {
        std::size_t more = rest.size() - 15;
        for (; more >= 255; more -= 255)
            block.push_back(255);
        block.push_back(static_cast<std::uint8_t>(more));
    }
    append(block, rest);
    append_number(frame, static_cast<std::uint32_t>(block.size()));
    append(frame, block);
    append_number(frame, std::uint32_t{0});
    return frame;
}

}  // namespace modelward::fingerprint::testing
