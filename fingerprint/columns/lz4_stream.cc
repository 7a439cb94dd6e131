// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/lz4_sequences.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

class Lz4Stream final : public CopyingStream {
  public:
    Lz4Stream(ByteReader& packed, std::uint64_t length) : CopyingStream(packed, length) {}

  private:
    Next next(ByteReader& packed) override { return sequences_.next(packed); }

    Lz4Sequences sequences_;
};

}  // namespace

std::unique_ptr<PageStream> open_lz4_block(ByteReader& packed, std::uint64_t length) {
    return std::make_unique<Lz4Stream>(packed, length);
}

}  // namespace modelward::fingerprint
