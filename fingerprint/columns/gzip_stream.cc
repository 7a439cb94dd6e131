// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

constexpr int kGzipWindow = 15 + 32;  // zlib's notation for gzip's header or its own, which readers take, too

class GzipStream final : public PageStream {
  public:
    GzipStream(ByteReader& packed, std::uint64_t length) : packed_(packed, length) {
        is_ready_ = ::inflateInit2(&state_, kGzipWindow) == Z_OK;
    }
    ~GzipStream() override {
        if (is_ready_) ::inflateEnd(&state_);
    }
    bool is_ready() const { return is_ready_; }

    Result<std::size_t> read(std::span<std::uint8_t> into) override {
        state_.next_out = into.data();
        const auto room =
            static_cast<uInt>(std::min<std::size_t>(into.size(), std::numeric_limits<uInt>::max()));
        state_.avail_out = room;
        while (state_.avail_out == room) {
            if (state_.avail_in == 0) {
                const auto got = packed_.read(input_);
                if (!got) return got;
                if (*got == 0) {
                    if (is_at_end_) return 0;
                    return fail(ErrorCode::kInvalid, "a gzip stream in a page ends too early");
                }
                state_.next_in = input_.data();
                state_.avail_in = static_cast<uInt>(*got);
            }
            if (is_at_end_ && ::inflateReset(&state_) != Z_OK)
                return fail(ErrorCode::kInvalid, "a page has more gzip streams than can be read");
            const int status = ::inflate(&state_, Z_NO_FLUSH);
            is_at_end_ = status == Z_STREAM_END;
            if (status == Z_MEM_ERROR) return fail(ErrorCode::kLimit, "gzip needs too much memory");
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                return fail(ErrorCode::kInvalid, "a gzip stream in a page is broken");
        }
        return room - state_.avail_out;
    }

    std::size_t bytes() const override { return kStateBytes; }

  private:
    static constexpr std::size_t kStateBytes = 48 * 1024;  // of zlib, and the input
    SectionStream packed_;
    std::array<std::uint8_t, 8192> input_{};
    z_stream state_{};
    bool is_ready_ = false;
    bool is_at_end_ = false;  // of one stream; another may follow
};

}  // namespace

Result<std::unique_ptr<PageStream>> open_gzip(ByteReader& packed, std::uint64_t length) {
    auto stream = std::make_unique<GzipStream>(packed, length);
    if (!stream->is_ready()) return fail(ErrorCode::kLimit, "gzip needs too much memory");
    return stream;
}

}  // namespace modelward::fingerprint
