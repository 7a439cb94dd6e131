// SPDX-License-Identifier: Apache-2.0
// Archives and compressed streams, read through libarchive from a stream of ours. libarchive never sees a
// path or a descriptor, and only the one format that is asked for is switched on: no detection, no filters
// that start programs.
//
// Within a process that may not open files any more, load_before_sandbox() (before_sandbox.h) must have run.
// Not thread-safe; different objects may be used by different threads.
#pragma once

#include <memory>
#include <optional>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/containers/byte_stream.h"
#include "fingerprint/containers/wrapping.h"

namespace modelward::fingerprint {

struct ArchiveEntry {
    std::optional<std::uint64_t> size;       // as the archive claims it
    bool is_file = true;                     // false: a folder, a link
    bool is_encrypted = false;               // its bytes cannot be read
    std::optional<std::uint64_t> stored_at;  // where its bytes lie as they are in the archive
};

// As a stream it delivers the bytes of the current entry.
class Archive final : public ByteStream {
  public:
    // `input` and `allowance` must outlive the object. 7z needs an input that can seek.
    static Result<std::unique_ptr<Archive>> open(Wrapping wrapping, ByteStream& input,
                                                 const Allowance& allowance);
    static Result<std::unique_ptr<Archive>> open(Wrapping wrapping, SourceStream& input,
                                                 const Allowance& allowance);
    ~Archive() override;

    // Goes to the next entry, past what was not read of this one; nullopt at the end. A compressed stream has
    // one entry. Errors as read(); kDenied: the list of entries is encrypted.
    Result<std::optional<ArchiveEntry>> next();
    // After an error of next(): whether calling it again looks for an entry behind the damage. Of all the
    // damage of one archive, the first is told.
    bool may_resume() const;
    Result<std::size_t> read(std::span<std::uint8_t> into) override;

  private:
    class Handle;
    explicit Archive(std::unique_ptr<Handle> handle);
    static Result<std::unique_ptr<Archive>> open(Wrapping wrapping, ByteStream& input, SourceStream* seekable,
                                                 const Allowance& allowance);
    std::unique_ptr<Handle> handle_;
};

}  // namespace modelward::fingerprint
