// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

class PlainStream final : public PageStream {
  public:
    PlainStream(ByteReader& page, std::uint64_t length) : section_(page, length) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override { return section_.read(into); }
    std::size_t bytes() const override { return 0; }

  private:
    SectionStream section_;
};

}  // namespace

Result<std::unique_ptr<PageStream>> open_page(PageCodec codec, ByteReader& packed, std::uint64_t length) {
    switch (codec) {
        case PageCodec::kNone:
            return std::make_unique<PlainStream>(packed, length);
        case PageCodec::kSnappy:
            return open_snappy(packed, length);
        case PageCodec::kGzip:
            return open_gzip(packed, length);
        case PageCodec::kZstd:
            return open_zstd(packed, length);
        case PageCodec::kLz4Raw:
            return open_lz4_block(packed, length);
        case PageCodec::kLzo:
        case PageCodec::kBrotli:
        case PageCodec::kLz4Hadoop:
            break;
    }
    return fail(ErrorCode::kUnsupported, "pages compressed by codec " +
                                             std::to_string(static_cast<unsigned>(codec)) + " are not read");
}

}  // namespace modelward::fingerprint
