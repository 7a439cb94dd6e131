// SPDX-License-Identifier: Apache-2.0
// TensorProto: one tensor of an ONNX model. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
#pragma once

#include <string>

#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Reads the message that ends at `end` and adds its tensor, or notes why it cannot be used: its data is in
// another file (which is never opened), is written as numbers of varying length, or does not fit its shape.
// `default_name` is for tensors without a name of their own.
void read_onnx_tensor(HeaderCursor& cursor, std::uint64_t end, const std::string& default_name,
                      TensorTable& table);

}  // namespace modelward::fingerprint
