// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/dtypes/dtype.h"

#include <array>

#include "fingerprint/dtypes/decoders.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kTypes = static_cast<std::size_t>(DType::kCount);

// In the order of the enumeration.
constexpr std::array<DTypeInfo, kTypes> kTable = {{
    {"F64", 1, 8, decode_f64},
    {"F32", 1, 4, decode_f32},
    {"F16", 1, 2, decode_f16},
    {"BF16", 1, 2, decode_bf16},
    {"F8_E4M3", 1, 1, decode_f8_e4m3},
    {"F8_E5M2", 1, 1, decode_f8_e5m2},
    {"I8", 1, 1, decode_i8},
    {"U8", 1, 1, decode_u8},
    {"Q4_0", 32, 18, decode_q4_0},
    {"Q4_1", 32, 20, decode_q4_1},
    {"Q5_0", 32, 22, decode_q5_0},
    {"Q5_1", 32, 24, decode_q5_1},
    {"Q8_0", 32, 34, decode_q8_0},
    {"Q2_K", 256, 84, decode_q2_k},
    {"Q3_K", 256, 110, decode_q3_k},
    {"Q4_K", 256, 144, decode_q4_k},
    {"Q5_K", 256, 176, decode_q5_k},
    {"Q6_K", 256, 210, decode_q6_k},
    {"Q8_1", 32, 36, decode_q8_1},
    {"Q8_K", 256, 292, decode_q8_k},
    {"IQ4_NL", 32, 18, decode_iq4_nl},
    {"IQ4_XS", 256, 136, decode_iq4_xs},
    {"MXFP4", 32, 17, decode_mxfp4},
    {"TQ1_0", 256, 54, decode_tq1_0},
    {"TQ2_0", 256, 66, decode_tq2_0},
    {"IQ2_XXS", 256, 66, decode_iq2_xxs},
    {"IQ2_XS", 256, 74, decode_iq2_xs},
    {"IQ2_S", 256, 82, decode_iq2_s},
    {"IQ3_XXS", 256, 98, decode_iq3_xxs},
    {"IQ3_S", 256, 110, decode_iq3_s},
    {"F8_E4M3FNUZ", 1, 1, decode_f8_e4m3fnuz},
    {"F8_E5M2FNUZ", 1, 1, decode_f8_e5m2fnuz},
    {"U4", 2, 1, decode_u4},
    {"U3", 32, 12, decode_u3},
    {"U2", 4, 1, decode_u2},
    {"NF4", 2, 1, decode_nf4},
    {"FP4", 2, 1, decode_fp4},
    {"BOOL", 1, 1, nullptr},
    {"I16", 1, 2, nullptr},
    {"U16", 1, 2, nullptr},
    {"I32", 1, 4, nullptr},
    {"U32", 1, 4, nullptr},
    {"I64", 1, 8, nullptr},
    {"U64", 1, 8, nullptr},
    {"IQ1_S", 256, 50, nullptr},
    {"IQ1_M", 256, 56, nullptr},
    {"C64", 1, 8, nullptr},
    {"C128", 1, 16, nullptr},
    {"F8_E8M0", 1, 1, nullptr},
}};
static_assert(kTable.back().block_bytes != 0, "every DType has a row");

}  // namespace

const DTypeInfo& info(DType dtype) {
    return kTable[static_cast<std::size_t>(dtype)];
}

}  // namespace modelward::fingerprint
