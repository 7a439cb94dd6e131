// SPDX-License-Identifier: Apache-2.0
// The compression of pages (https://github.com/apache/parquet-format, Compression.md), each as a stream whose
// memory does not depend on the page: Snappy (https://github.com/google/snappy, format_description.txt) and
// LZ4's blocks (https://github.com/lz4/lz4, doc/lz4_Block_format.md) 64 KiB, gzip 40 KiB, zstd what a page
// asks for, 8 MiB at most.
#pragma once

#include <cstdint>
#include <memory>

#include "fingerprint/columns/byte_reader.h"

namespace modelward::fingerprint {

enum class PageCodec : std::uint8_t {
    kNone = 0,
    kSnappy = 1,
    kGzip = 2,
    kLzo = 3,
    kBrotli = 4,
    kLz4Hadoop = 5,
    kZstd = 6,
    kLz4Raw = 7,
};

class PageStream : public ByteStream {
  public:
    virtual std::size_t bytes() const = 0;  // that it holds
};

// What the next `length` bytes of `packed`, which must outlive it, stand for. kUnsupported: not of this
// codec.
Result<std::unique_ptr<PageStream>> open_page(PageCodec codec, ByteReader& packed, std::uint64_t length);

// Each of those that are more than a few lines. kLimit: out of memory.
std::unique_ptr<PageStream> open_snappy(ByteReader& packed, std::uint64_t length);        // snappy_stream.cc
std::unique_ptr<PageStream> open_lz4_block(ByteReader& packed, std::uint64_t length);     // lz4_stream.cc
std::unique_ptr<PageStream> open_lz4_frame(ByteReader& packed, std::uint64_t length);     // not of Parquet
Result<std::unique_ptr<PageStream>> open_gzip(ByteReader& packed, std::uint64_t length);  // gzip_stream.cc
Result<std::unique_ptr<PageStream>> open_zstd(ByteReader& packed, std::uint64_t length);  // zstd_stream.cc

}  // namespace modelward::fingerprint
