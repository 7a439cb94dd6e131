// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_scanner.h"

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

void read_data(HeaderCursor& cursor, PickleInstruction& instruction, std::uint64_t bytes) {
    instruction.data_offset = cursor.position();
    instruction.data_bytes = bytes;
    if (bytes <= kMaxNameBytes) {
        instruction.text = cursor.text(bytes);
    } else {
        cursor.pass(bytes);
    }
}

}  // namespace

PickleInstruction next_instruction(HeaderCursor& cursor) {
    PickleInstruction instruction;
    const auto opcode = cursor.number<std::uint8_t>();
    const auto argument = argument_of(opcode);
    if (!argument) {
        cursor.refuse(ErrorCode::kInvalid, "pickle: " + std::to_string(opcode) + " is no opcode");
        return instruction;
    }
    instruction.opcode = static_cast<PickleOpcode>(opcode);
    switch (*argument) {
        case PickleArgument::kNothing:
            break;
        case PickleArgument::kUnsigned1:
            instruction.number = cursor.number<std::uint8_t>();
            break;
        case PickleArgument::kUnsigned2:
            instruction.number = cursor.number<std::uint16_t>();
            break;
        case PickleArgument::kUnsigned4:
            instruction.number = cursor.number<std::uint32_t>();
            break;
        case PickleArgument::kSigned4:
            instruction.number = static_cast<std::uint64_t>(
                std::int64_t{static_cast<std::int32_t>(cursor.number<std::uint32_t>())});
            break;
        case PickleArgument::kUnsigned8:
            instruction.number = cursor.number<std::uint64_t>();
            break;
        case PickleArgument::kLine:
            instruction.text = cursor.line();
            break;
        case PickleArgument::kTwoLines:
            instruction.text = cursor.line();
            instruction.second_line = cursor.line();
            break;
        case PickleArgument::kData1:
            read_data(cursor, instruction, cursor.number<std::uint8_t>());
            break;
        case PickleArgument::kData4:
            read_data(cursor, instruction, cursor.number<std::uint32_t>());
            break;
        case PickleArgument::kData8:
            read_data(cursor, instruction, cursor.number<std::uint64_t>());
            break;
    }
    return instruction;
}

}  // namespace modelward::fingerprint
