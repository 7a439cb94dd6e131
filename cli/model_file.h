// SPDX-License-Identifier: Apache-2.0
// A model file named on the command line, with the files beside it in which it says its tensors are
// (fingerprint/readers/companions/companions.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/input_file.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/readers/companions/joined_files.h"

namespace modelward::cli {

class ModelFile {
  public:
    // Errors as InputFile::open().
    static Result<ModelFile> open(const std::string& path);

    const fingerprint::ByteSource& source() const {
        return joined_ ? static_cast<const fingerprint::ByteSource&>(*joined_) : *file_;
    }
    // What it names and is not there, or cannot be opened: one sentence, or nothing.
    const std::string& missing() const { return missing_; }
    // The same, as a reason why the model is not seen whole.
    std::optional<fingerprint::Unseen> unseen() const { return unseen_; }

  private:
    std::unique_ptr<InputFile> file_;
    std::unique_ptr<fingerprint::JoinedFiles> joined_;
    std::string missing_;
    std::optional<fingerprint::Unseen> unseen_;
};

}  // namespace modelward::cli
