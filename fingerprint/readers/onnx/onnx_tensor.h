// SPDX-License-Identifier: Apache-2.0
// TensorProto: one tensor of an ONNX model. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
#pragma once

#include <string>

#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

class JoinedFiles;  // readers/companions/joined_files.h

// The other files in which tensors have their data.
struct ExternalFiles {
    const JoinedFiles* joined = nullptr;  // null: none of them is there
    // All that are named, each once, without "./" in front; at most kMostCompanions + 1.
    std::vector<std::string> names{};
};

// Reads the message that ends at `end` and adds its tensor, or notes why it cannot be used: its data is in
// another file that is not there, is written as numbers of varying length, or does not fit its shape.
// `default_name` is for tensors without a name of their own.
void read_onnx_tensor(HeaderCursor& cursor, std::uint64_t end, const std::string& default_name,
                      TensorTable& table, ExternalFiles& external);

}  // namespace modelward::fingerprint
