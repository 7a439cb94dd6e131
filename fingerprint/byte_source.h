// SPDX-License-Identifier: Apache-2.0
// Random-access bytes of unknown origin. Implementations: a descriptor (pread), a span in memory.
// Reads are all-or-error inside [0, size); a file that shrinks while it is read gives kIo.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"

namespace modelward::fingerprint {

class JoinedFiles;  // readers/companions/joined_files.h

class ByteSource {
  public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const = 0;
    // Fills `into` from `offset`. kInvalid when the range is outside the source.
    virtual Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const = 0;
    // Not null where these are the bytes of several files, of which the first names the others.
    virtual const JoinedFiles* joined() const { return nullptr; }
};

// Does not own the bytes.
class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    std::span<const std::uint8_t> bytes_;
};

// Does not own the descriptor; only fstat and pread are called on it.
class FileSource final : public ByteSource {
  public:
    static Result<FileSource> from_fd(int fd);
    std::uint64_t size() const override { return size_; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    FileSource(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
    int fd_;
    std::uint64_t size_;
};

}  // namespace modelward::fingerprint
