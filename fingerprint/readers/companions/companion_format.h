// SPDX-License-Identifier: Apache-2.0
// Formats of models in several files. Each is one CompanionFormat in a file of its own, listed in
// companions.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/reader.h"

namespace modelward::fingerprint {

struct CompanionFormat {
    // The files that a header of this format names, each once, in the order in which they are to be joined;
    // of a broken one those before the break, which the reader then says. Empty: it is none. An Error is kIo.
    Result<std::vector<std::string>> (*names)(const ByteSource& header, std::string_view file_name);
    // Of the header and its files joined. claims() is not asked.
    const Reader* reader;
};

extern const CompanionFormat kShardIndex;            // shard_index.cc
extern const CompanionFormat kTensorFlowJs;          // tensorflow_js.cc
extern const CompanionFormat kTensorFlowCheckpoint;  // tensorflow_checkpoint.cc
extern const CompanionFormat kGgufSplit;             // gguf_split.cc
extern const CompanionFormat kOnnxExternalData;      // onnx_external_data.cc

}  // namespace modelward::fingerprint
