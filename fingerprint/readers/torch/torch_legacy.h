// SPDX-License-Identifier: Apache-2.0
// The rest of a file that torch.save wrote before 1.6, from behind its second pickle.
#pragma once

#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/pickle/pickle_value.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Whether the second pickle of a file says that it is such a file.
bool is_torch_protocol(const Pickle& pickle);

// Adds the tensors; what cuts the file short stays in the cursor.
void read_torch_legacy(HeaderCursor& cursor, TensorTable& table);

}  // namespace modelward::fingerprint
