// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/batch_buffer.h"

#include <algorithm>
#include <array>

#include "fingerprint/containers/metered_stream.h"
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/range_source.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kLengthBytes = 8;  // in front of a compressed buffer
constexpr std::size_t kDecodedAtOnce = 4096;
constexpr std::size_t kMostKept = std::size_t{1} << 20;        // decoded, to be read again
constexpr std::uint64_t kMostWhole = std::uint64_t{16} << 10;  // that takes less than what decodes it

}  // namespace

struct BatchBuffer::Decoder {
    Decoder(const ByteSource& source, const BufferPlace& place)
        : part(source, place.begin, place.end - place.begin), input(part), packed(input) {}

    RangeSource part;
    SourceStream input;
    ByteReader packed;
    std::unique_ptr<PageStream> unpacked;
    std::unique_ptr<MeteredStream> metered;
};

BatchBuffer::BatchBuffer(const ByteSource& source, const BufferPlace& place, BatchCodec codec,
                         std::size_t window, Allowance& allowance)
    : source_(source), place_(place), codec_(codec), window_(window), allowance_(allowance) {}

BatchBuffer::~BatchBuffer() = default;

std::size_t BatchBuffer::bytes() const {
    const std::size_t decoder =
        decoder_ ? ByteReader::kBufferBytes + (decoder_->unpacked ? decoder_->unpacked->bytes() : 0) : 0;
    return sizeof(*this) + held_.capacity() + decoder;
}

// A compressed buffer begins with how long it is without; -1: it is not compressed.
Result<void> BatchBuffer::open() {
    is_open_ = true;
    size_ = place_.end - place_.begin;
    if (codec_ == BatchCodec::kNone || size_ == 0) return {};
    std::array<std::uint8_t, kLengthBytes> length{};
    if (size_ < length.size()) return fail(ErrorCode::kInvalid, "a compressed buffer without its length");
    if (auto done = source_.read(place_.begin, length); !done) return done;
    place_.begin += length.size();
    size_ = load_le<std::uint64_t>(length.data());
    if (size_ == UINT64_MAX) {
        codec_ = BatchCodec::kNone;
        size_ = place_.end - place_.begin;
    }
    return {};
}

Result<void> BatchBuffer::read(std::uint64_t offset, std::span<std::uint8_t> into) {
    if (!is_open_)
        if (auto done = open(); !done) return done;
    if (offset > size_ || into.size() > size_ - offset)
        return fail(ErrorCode::kInvalid, "a value outside of its buffer");
    last_ = offset;
    while (!into.empty()) {
        if (offset < held_at_ || offset - held_at_ >= held_.size()) {
            if (codec_ == BatchCodec::kNone && into.size() >= window_)
                return source_.read(place_.begin + offset, into);
            if (auto done = fill(offset); !done) return done;
        }
        const auto there = std::span(held_).subspan(offset - held_at_);
        const std::size_t taken = std::min(there.size(), into.size());
        std::ranges::copy(there.first(taken), into.begin());
        into = into.subspan(taken);
        offset += taken;
    }
    return {};
}

// Makes what is held hold the byte at `offset`, too.
Result<void> BatchBuffer::fill(std::uint64_t offset) {
    if (codec_ == BatchCodec::kNone) {
        held_.resize(std::min<std::uint64_t>(window_, size_ - offset));
        held_at_ = offset;
        auto done = source_.read(place_.begin + offset, held_);
        if (!done) held_.clear();
        return done;
    }
    if (!decoder_ || offset < held_at_) {
        held_.clear();
        held_at_ = 0;
        decoder_ = std::make_unique<Decoder>(source_, place_);
        const std::uint64_t length = place_.end - place_.begin;
        if (codec_ == BatchCodec::kZstd) {
            auto opened = open_zstd(decoder_->packed, length);
            if (!opened) return fail(opened.error());
            decoder_->unpacked = std::move(*opened);
        } else {
            decoder_->unpacked = open_lz4_frame(decoder_->packed, length);
        }
        decoder_->metered = std::make_unique<MeteredStream>(*decoder_->unpacked, allowance_);
    }
    while (offset - held_at_ >= held_.size() || (size_ <= kMostWhole && held_.size() != size_))
        if (auto done = decode_more(); !done) return done;
    if (held_.size() == size_) decoder_.reset();
    return {};
}

Result<void> BatchBuffer::decode_more() {
    const std::uint64_t wanted_from = std::max(held_at_, std::min(kept_, last_));
    std::uint64_t dropped = std::min<std::uint64_t>(wanted_from - held_at_, held_.size());
    if (size_ <= kMostWhole) dropped = 0;
    if (held_.size() - dropped > kMostKept) dropped = held_.size();
    if (dropped >= kDecodedAtOnce || (dropped != 0 && dropped == held_.size())) {
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(dropped));
        held_at_ += dropped;
    }
    const std::size_t before = held_.size();
    held_.resize(before + std::min<std::uint64_t>(kDecodedAtOnce, size_ - held_at_ - before));
    const auto got = decoder_->metered->read(std::span(held_).subspan(before));
    held_.resize(before + got.value_or(0));
    if (!got) return fail(got.error());
    if (*got == 0) return fail(ErrorCode::kInvalid, "a compressed buffer that is shorter than it says");
    return {};
}

}  // namespace modelward::fingerprint
