// SPDX-License-Identifier: Apache-2.0
// Readers of model formats. Each format is one Reader in a file of its own, listed in reader.cc.
//
// A reader executes nothing, allocates no more than the file's own size justifies (and stays within the
// limits of tensor_table.h), and reads the metadata only, never the tensors' data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

struct Reader {
    // Of files that break it: a table says more (a zip archive is "pytorch" or "npz").
    std::string_view format;
    // Whether a file that starts with `head` (its first kHeadBytes bytes, or all of a smaller file) is of
    // this format.
    bool (*claims)(std::span<const std::uint8_t> head);
    // Contract: tensor_table.h. Called only for files that are claimed.
    Result<TensorTable> (*read)(const ByteSource& source);
    // It looks at the end of the file first: of a stream it needs all.
    bool starts_at_end = false;
};

inline constexpr std::size_t kHeadBytes = 128;

extern const Reader kSafetensorsReader;  // safetensors_reader.cc
extern const Reader kGgufReader;         // gguf_reader.cc
extern const Reader kZipReader;          // zip_reader.cc: PyTorch since 1.6, TorchScript, npz
extern const Reader kPickleReader;       // pickle_reader.cc: PyTorch before 1.6, scikit-learn, joblib
extern const Reader kNpyReader;          // npy_reader.cc
extern const Reader kOnnxReader;         // onnx_reader.cc
extern const Reader kTfliteReader;       // tflite_reader.cc
extern const Reader kHdf5Reader;         // hdf5_reader.cc: Keras, h5py
extern const Reader kTensorFlowReader;   // tensorflow_reader.cc: frozen graphs, saved_model.pb
extern const Reader kCoreMlReader;       // coreml_reader.cc: weight.bin
extern const Reader kFastTextReader;     // fasttext_reader.cc
extern const Reader kGgmlReader;         // ggml_reader.cc: before GGUF, and whisper.cpp

// The readers that claim the file, the surest first; none: its format is unknown, which is no error. Some
// signs are weak: a table whose format is kUnknownFormat says that it is none of that reader's, and the next
// one is to be asked.
Result<std::vector<const Reader*>> find_readers(const ByteSource& source);

inline constexpr std::string_view kUnknownFormat = "unknown";

}  // namespace modelward::fingerprint
