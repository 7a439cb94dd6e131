// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_opcodes.h"

#include <string_view>

namespace modelward::fingerprint {

std::optional<PickleArgument> argument_of(std::uint8_t opcode) {
    using enum PickleOpcode;
    switch (static_cast<PickleOpcode>(opcode)) {
        case kBinInt1:
        case kBinGet:
        case kBinPut:
        case kProto:
        case kExt1:
            return PickleArgument::kUnsigned1;
        case kBinInt2:
        case kExt2:
            return PickleArgument::kUnsigned2;
        case kLongBinGet:
        case kLongBinPut:
        case kExt4:
            return PickleArgument::kUnsigned4;
        case kBinInt:
            return PickleArgument::kSigned4;
        case kBinFloat:
        case kFrame:
            return PickleArgument::kUnsigned8;
        case kFloat:
        case kInt:
        case kLong:
        case kPersId:
        case kString:
        case kUnicode:
        case kGet:
        case kPut:
            return PickleArgument::kLine;
        case kGlobal:
        case kInst:
            return PickleArgument::kTwoLines;
        case kShortBinString:
        case kShortBinBytes:
        case kShortBinUnicode:
        case kLong1:
            return PickleArgument::kData1;
        case kBinString:
        case kBinUnicode:
        case kBinBytes:
        case kLong4:
            return PickleArgument::kData4;
        case kBinUnicode8:
        case kBinBytes8:
        case kByteArray8:
            return PickleArgument::kData8;
        default:
            break;
    }
    static constexpr std::string_view kWithoutArgument =
        "(.012NQRabd}el]ost)u\x81\x85\x86\x87\x88\x89\x8F\x90\x91\x92\x93\x94\x97\x98";
    if (kWithoutArgument.contains(static_cast<char>(opcode))) return PickleArgument::kNothing;
    return std::nullopt;
}

}  // namespace modelward::fingerprint
