// SPDX-License-Identifier: Apache-2.0
// A model in several files as one source: the header that names the others, and behind it those that hold its
// tensors, end to end. What is read of it knows by ByteSource::joined() that it is one.
//
// Owns the companions and not the header. Not thread-safe where they are not.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

struct Reader;

// A file beside the header.
struct Companion {
    std::string name;
    std::unique_ptr<ByteSource> source;
};

class JoinedFiles final : public ByteSource {
  public:
    struct File {
        std::string name;
        std::uint64_t begin;  // in the joined source
        std::uint64_t bytes;
    };

    // `reader` reads the tensors of all of them.
    JoinedFiles(const ByteSource& header, const Reader& reader, std::vector<Companion> companions);

    std::uint64_t size() const override { return size_; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;
    const JoinedFiles* joined() const override { return this; }

    const Reader& reader() const { return reader_; }
    std::uint64_t header_bytes() const { return header_.size(); }
    // The companions, in the order in which they are joined.
    std::span<const File> files() const { return files_; }
    const File* find(std::string_view name) const;  // null: it is not there

  private:
    const ByteSource& header_;
    const Reader& reader_;
    std::vector<Companion> companions_;
    std::vector<File> files_;
    std::uint64_t size_;
};

}  // namespace modelward::fingerprint
