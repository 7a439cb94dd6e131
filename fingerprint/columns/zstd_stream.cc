// SPDX-License-Identifier: Apache-2.0
#include <zstd.h>
#include <zstd_errors.h>

#include <array>

#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

constexpr int kMostWindowLog = 23;  // what compressors use up to level 19

class ZstdStream final : public PageStream {
  public:
    ZstdStream(ByteReader& packed, std::uint64_t length) : packed_(packed, length) {
        if (!context_ || ::ZSTD_isError(::ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                                                                 kMostWindowLog)) != 0)
            context_.reset();
    }
    bool is_ready() const { return context_ != nullptr; }

    Result<std::size_t> read(std::span<std::uint8_t> into) override {
        ZSTD_outBuffer output{into.data(), into.size(), 0};
        while (output.pos == 0) {
            if (given_.pos == given_.size && !has_more_) {
                const auto got = packed_.read(input_);
                if (!got) return got;
                if (*got == 0) {
                    if (is_at_end_) return 0;
                    return fail(ErrorCode::kInvalid, "a zstd frame in a page ends too early");
                }
                given_ = {input_.data(), *got, 0};
            }
            const std::size_t status = ::ZSTD_decompressStream(context_.get(), &output, &given_);
            if (::ZSTD_isError(status) != 0) {
                const bool is_memory =
                    ::ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge ||
                    ::ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation;
                return fail(is_memory ? ErrorCode::kLimit : ErrorCode::kInvalid,
                            std::string("a zstd frame in a page: ") + ::ZSTD_getErrorName(status));
            }
            is_at_end_ = status == 0;
            has_more_ = !is_at_end_ && output.pos == output.size;
        }
        return output.pos;
    }

    std::size_t bytes() const override { return ::ZSTD_sizeof_DCtx(context_.get()) + sizeof(input_); }

  private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
    };
    SectionStream packed_;
    std::array<std::uint8_t, 8192> input_{};
    ZSTD_inBuffer given_{input_.data(), 0, 0};
    std::unique_ptr<ZSTD_DCtx, Free> context_{::ZSTD_createDCtx()};
    bool is_at_end_ = true;  // of a frame; another may follow
    bool has_more_ = false;  // perhaps, without more input
};

}  // namespace

Result<std::unique_ptr<PageStream>> open_zstd(ByteReader& packed, std::uint64_t length) {
    auto stream = std::make_unique<ZstdStream>(packed, length);
    if (!stream->is_ready()) return fail(ErrorCode::kLimit, "zstd needs too much memory");
    return stream;
}

}  // namespace modelward::fingerprint
