// SPDX-License-Identifier: Apache-2.0
// The decoders that the table in dtype.cc names; each family is defined in the file named beside it.
#pragma once

#include <cstdint>
#include <span>

namespace modelward::fingerprint {

using BlockBytes = std::span<const std::uint8_t>;
using Floats = std::span<float>;

void decode_f64(BlockBytes bytes, Floats into);  // floats.cc
void decode_f32(BlockBytes bytes, Floats into);
void decode_f16(BlockBytes bytes, Floats into);
void decode_bf16(BlockBytes bytes, Floats into);
void decode_f8_e4m3(BlockBytes bytes, Floats into);
void decode_f8_e5m2(BlockBytes bytes, Floats into);
void decode_f8_e4m3fnuz(BlockBytes bytes, Floats into);
void decode_f8_e5m2fnuz(BlockBytes bytes, Floats into);
void decode_i8(BlockBytes bytes, Floats into);  // bytes.cc
void decode_u8(BlockBytes bytes, Floats into);
void decode_u4(BlockBytes bytes, Floats into);
void decode_u3(BlockBytes bytes, Floats into);
void decode_u2(BlockBytes bytes, Floats into);
void decode_nf4(BlockBytes bytes, Floats into);
void decode_fp4(BlockBytes bytes, Floats into);
void decode_q4_0(BlockBytes bytes, Floats into);  // quants32.cc
void decode_q4_1(BlockBytes bytes, Floats into);
void decode_q5_0(BlockBytes bytes, Floats into);
void decode_q5_1(BlockBytes bytes, Floats into);
void decode_q8_0(BlockBytes bytes, Floats into);
void decode_q8_1(BlockBytes bytes, Floats into);
void decode_q2_k(BlockBytes bytes, Floats into);  // kquants_small.cc
void decode_q3_k(BlockBytes bytes, Floats into);
void decode_q4_k(BlockBytes bytes, Floats into);  // kquants.cc
void decode_q5_k(BlockBytes bytes, Floats into);
void decode_q6_k(BlockBytes bytes, Floats into);
void decode_q8_k(BlockBytes bytes, Floats into);
void decode_iq4_nl(BlockBytes bytes, Floats into);  // quants_by_table.cc
void decode_iq4_xs(BlockBytes bytes, Floats into);
void decode_mxfp4(BlockBytes bytes, Floats into);
void decode_tq1_0(BlockBytes bytes, Floats into);  // ternary.cc
void decode_tq2_0(BlockBytes bytes, Floats into);
void decode_iq2_xxs(BlockBytes bytes, Floats into);  // quants_by_codebook.cc
void decode_iq2_xs(BlockBytes bytes, Floats into);
void decode_iq2_s(BlockBytes bytes, Floats into);
void decode_iq3_xxs(BlockBytes bytes, Floats into);
void decode_iq3_s(BlockBytes bytes, Floats into);

}  // namespace modelward::fingerprint
