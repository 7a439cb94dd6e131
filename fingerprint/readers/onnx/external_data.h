// SPDX-License-Identifier: Apache-2.0
// The files in which the tensors of an ONNX model are that are not in the model.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

// The names of all of them, each once, without "./" in front; at most kMostCompanions + 1. None where the
// file is no ONNX model. kIo.
Result<std::vector<std::string>> external_files(const ByteSource& model);

}  // namespace modelward::fingerprint
