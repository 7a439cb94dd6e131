// SPDX-License-Identifier: Apache-2.0
// IQ2 and IQ3, without their codebooks. Super-blocks of 256 elements in groups of 8; a group has its signs, a
// scale, and one index (IQ2: a vector of 8 magnitudes) or two (IQ3: vectors of 4) into a codebook of 256 to
// 1,024 vectors, which the format lists and no formula gives. What is decoded is an approximation: exact
// signs and scales, and of the magnitudes what an index tells by itself.
//
// That is the last ones of a vector. Codebooks ascend, the last magnitude counting most, so that an index is
// like a number whose digits are magnitudes; how many vectors end in each magnitude is all that is kept here
// of a codebook. The other magnitudes are taken for the mean. Of normally distributed weights the result has
// a correlation of 0.83 (IQ2) to 0.89 (IQ3_S) with them, where signs and scales alone have 0.77 to 0.80 and
// the codebooks 0.94 to 0.99.
//
// Signs: bit j of a byte is set where element j of the group is negative. IQ2_XXS, IQ2_XS and IQ3_XXS store
// seven of them; the eighth makes the number of negative elements even. Layouts as in
// https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/quants.py
#include <algorithm>
#include <array>
#include <bit>

#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kElements = 256;
constexpr std::size_t kGroup = 8;
constexpr std::size_t kGroups = kElements / kGroup;

// Magnitude number m is 2 m + 1 units; endings[m] vectors have it last.
struct Codebook {
    std::size_t elements;  // of a vector
    std::size_t digits;    // how many of them, from the last on, an index is taken to tell
    std::span<const unsigned> endings;
};

constexpr std::array kIq2XxsEndings = {132U, 78U, 46U};
constexpr std::array kIq2XsEndings = {254U, 146U, 112U};
constexpr std::array kIq2SEndings = {471U, 348U, 205U};
constexpr std::array kIq3XxsEndings = {58U, 39U, 43U, 34U, 24U, 21U, 16U, 21U};
constexpr std::array kIq3SEndings = {109U, 87U, 85U, 66U, 55U, 44U, 31U, 35U};

constexpr Codebook kIq2Xxs = {8, 3, kIq2XxsEndings};
constexpr Codebook kIq2Xs = {8, 3, kIq2XsEndings};
constexpr Codebook kIq2S = {8, 3, kIq2SEndings};
constexpr Codebook kIq3Xxs = {4, 2, kIq3XxsEndings};
constexpr Codebook kIq3S = {4, 2, kIq3SEndings};

constexpr float kIq2Unit = 8.5F;  // the magnitudes are 8, 25 and 43
constexpr float kIq3XxsUnit = 4;  // 4, 12, 20 ... 52, 62

constexpr float magnitude(std::size_t number) {
    return static_cast<float>(2 * number + 1);
}

void put_vector(const Codebook& book, unsigned index, std::span<float> into) {
    unsigned vectors = 0;
    float sum = 0;
    for (std::size_t m = 0; m < book.endings.size(); ++m) {
        vectors += book.endings[m];
        sum += static_cast<float>(book.endings[m]) * magnitude(m);
    }
    std::ranges::fill(into, sum / static_cast<float>(vectors));
    float place = static_cast<float>(index) + 0.5F;  // among all vectors, then among those that end alike
    for (std::size_t digit = 1; digit <= book.digits; ++digit) {
        std::size_t m = 0;
        while (m + 1 < book.endings.size() && place >= static_cast<float>(book.endings[m]))
            place -= static_cast<float>(book.endings[m++]);
        into[into.size() - digit] = magnitude(m);
        place *= static_cast<float>(vectors) / static_cast<float>(book.endings[m]);
    }
}

struct Group {
    float scale;
    unsigned signs;
    std::array<unsigned, 2> indices;  // of IQ2, the first
};

unsigned with_eighth_sign(unsigned seven) {
    return seven | (static_cast<unsigned>(std::popcount(seven)) & 1U) << 7;
}

template <typename GroupOf>
void decode_groups(const Codebook& book, std::size_t block_bytes, BlockBytes bytes, Floats into,
                   const GroupOf& group_of) {
    for (std::size_t i = 0; i < into.size() / kGroup; ++i) {
        const std::uint8_t* in = &bytes[i / kGroups * block_bytes];
        const Group group = group_of(in, i % kGroups);
        const Floats out = into.subspan(i * kGroup, kGroup);
        for (std::size_t vector = 0; vector < kGroup / book.elements; ++vector)
            put_vector(book, group.indices[vector], out.subspan(vector * book.elements, book.elements));
        const float scale = load_half(in) * group.scale;
        for (std::size_t j = 0; j < kGroup; ++j)
            out[j] *= (group.signs >> j & 1U) != 0 ? -scale : scale;
    }
}

// Half of a byte: the lower for even numbers.
float nibble(const std::uint8_t* bytes, std::size_t number) {
    return static_cast<float>(bytes[number / 2] >> (4 * (number % 2)) & 0xF);
}

}  // namespace

// [scale], then for each 32 elements [4 indices][28 bits of signs, a scale of four bits]
void decode_iq2_xxs(BlockBytes bytes, Floats into) {
    decode_groups(kIq2Xxs, 66, bytes, into, [](const std::uint8_t* in, std::size_t group) {
        const std::uint8_t* four = in + 2 + group / 4 * 8;
        const auto word = load_le<std::uint32_t>(four + 4);
        return Group{kIq2Unit / 4 * (0.5F + static_cast<float>(word >> 28)),
                     with_eighth_sign(word >> (7 * (group % 4)) & 0x7F),
                     {four[group % 4]}};
    });
}

// [scale][32 times an index of 9 bits and 7 signs][8 bytes: a scale for each 16 elements]
void decode_iq2_xs(BlockBytes bytes, Floats into) {
    decode_groups(kIq2Xs, 74, bytes, into, [](const std::uint8_t* in, std::size_t group) {
        const unsigned word = load_le<std::uint16_t>(in + 2 + 2 * group);
        return Group{
            kIq2Unit / 4 * (0.5F + nibble(in + 66, group / 2)), with_eighth_sign(word >> 9), {word & 0x1FF}};
    });
}

// [scale][32 lower bytes of indices][32 bytes of signs][8 bytes: upper pairs of bits][8 bytes of scales]
void decode_iq2_s(BlockBytes bytes, Floats into) {
    decode_groups(kIq2S, 82, bytes, into, [](const std::uint8_t* in, std::size_t group) {
        const unsigned upper = in[66 + group / 4] >> (2 * (group % 4)) & 3U;
        return Group{
            kIq2Unit / 4 * (0.5F + nibble(in + 74, group / 2)), in[34 + group], {in[2 + group] | upper << 8}};
    });
}

// [scale][64 indices], then for each 32 elements [28 bits of signs, a scale of four bits]
void decode_iq3_xxs(BlockBytes bytes, Floats into) {
    decode_groups(kIq3Xxs, 98, bytes, into, [](const std::uint8_t* in, std::size_t group) {
        const auto word = load_le<std::uint32_t>(in + 66 + group / 4 * 4);
        return Group{kIq3XxsUnit / 2 * (0.5F + static_cast<float>(word >> 28)),
                     with_eighth_sign(word >> (7 * (group % 4)) & 0x7F),
                     {in[2 + 2 * group], in[3 + 2 * group]}};
    });
}

// [scale][64 lower bytes of indices][8 bytes: upper bits][32 bytes of signs][4 bytes: a scale for each 32]
void decode_iq3_s(BlockBytes bytes, Floats into) {
    decode_groups(kIq3S, 110, bytes, into, [](const std::uint8_t* in, std::size_t group) {
        const auto index = [in](std::size_t number) {
            return in[2 + number] | (in[66 + number / 8] >> (number % 8) & 1U) << 8;
        };
        return Group{
            1 + 2 * nibble(in + 106, group / 4), in[74 + group], {index(2 * group), index(2 * group + 1)}};
    });
}

}  // namespace modelward::fingerprint
