// SPDX-License-Identifier: Apache-2.0
// Finds the files beside a model's header that hold its tensors:
//
//   model.safetensors.index.json, pytorch_model.bin.index.json   the shards of "weight_map"
//   model.json, weights_manifest.json                            TensorFlow.js: the paths of its manifest
//   model.onnx                                                   the locations of its external data
//   NAME.index                                                   NAME.data-0000K-of-0000N of a TensorFlow
//                                                                checkpoint, or a SavedModel's variables
//   NAME-00001-of-0000N.gguf                                     the other parts of a split GGUF
//
// Whoever reads a header decides what is opened: names are handed to it, never paths. One of those names is a
// file of the header's own folder; what names another is missing, as is what cannot be opened. A file that
// names none, or none that is there, stands for itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/readers/companions/joined_files.h"

namespace modelward::fingerprint {

// Whether a folder may have a file of this name: it is not the folder itself, and leads nowhere else.
bool is_sibling_name(std::string_view name);

// The folder in which a header lies.
class Siblings {
  public:
    virtual ~Siblings() = default;
    // Of an is_sibling_name().
    virtual Result<std::unique_ptr<ByteSource>> open(const std::string& name) = 0;
};

// More files than these are not joined; models of 400 billion weights are published in 200.
inline constexpr std::size_t kMostCompanions = 240;
inline constexpr std::size_t kMostFileName = 255;

struct Companions {
    std::unique_ptr<JoinedFiles> joined;  // null: the file stands for itself
    std::vector<std::string> missing{};   // what it names and is not there
    bool are_too_many = false;            // it names more than kMostCompanions, of which none was opened
};

// `file_name` is the header's, without a folder. An Error is kIo. What is broken in the header is for its
// reader to say.
Result<Companions> find_companions(const ByteSource& header, std::string_view file_name, Siblings& siblings);

// Why the model is not seen whole with what was found, if it is not.
std::optional<Unseen> unseen_of(const Companions& found);

}  // namespace modelward::fingerprint
