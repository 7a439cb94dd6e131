// SPDX-License-Identifier: Apache-2.0
// A file named on the command line, opened for reading, with progress on standard error while it is read.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/unique_fd.h"
#include "fingerprint/byte_source.h"

namespace modelward::cli {

// Opens with O_RDONLY | O_CLOEXEC; refuses what is not a regular file. Errors carry the path.
class InputFile final : public fingerprint::ByteSource {
  public:
    static Result<std::unique_ptr<InputFile>> open(const std::string& path);
    ~InputFile() override;

    std::uint64_t size() const override { return source_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    InputFile(std::string path, UniqueFd fd, fingerprint::FileSource source);
    void show_progress() const;

    std::string path_;
    UniqueFd fd_;
    fingerprint::FileSource source_;
    mutable std::uint64_t bytes_read_ = 0;
    mutable std::uint64_t shown_at_ = 0;  // bytes_read_ when progress was last shown; 0: never
};

}  // namespace modelward::cli
