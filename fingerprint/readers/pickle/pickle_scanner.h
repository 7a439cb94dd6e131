// SPDX-License-Identifier: Apache-2.0
// Cuts a pickle into instructions. Nothing is executed here or anywhere: a pickle is a program, and its
// instructions are only looked at.
#pragma once

#include <cstdint>
#include <string>

#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/pickle/pickle_opcodes.h"

namespace modelward::fingerprint {

struct PickleInstruction {
    PickleOpcode opcode = PickleOpcode::kStop;
    std::uint64_t number = 0;  // the number that follows; sign-extended when it is signed
    std::string text;          // the first line; data that is at most kMaxNameBytes long
    std::string second_line;
    std::uint64_t data_offset = 0;  // where data lies in the source; longer data is passed over unread
    std::uint64_t data_bytes = 0;
};

// The instruction at the cursor. Errors go to the cursor, and then the instruction means nothing.
PickleInstruction next_instruction(HeaderCursor& cursor);

}  // namespace modelward::fingerprint
