// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/byte_reader.h"

#include <algorithm>

namespace modelward::fingerprint {

void ByteReader::refuse(ErrorCode code, const std::string& what) {
    if (!error_) error_.emplace(code, "at byte " + std::to_string(position()) + ": " + what);
}

bool ByteReader::fill() {
    if (error_) return false;
    const auto got = input_.read(buffer_);
    if (!got) {
        error_ = got.error();
        return false;
    }
    taken_ = 0;
    filled_ = *got;
    buffer_end_ += *got;
    if (*got == 0) refuse(ErrorCode::kInvalid, "ends too early");
    return *got != 0;
}

std::span<const std::uint8_t> ByteReader::some(std::uint64_t most) {
    if (error_ || (taken_ == filled_ && !fill())) return {};
    const auto bytes = std::span(buffer_).subspan(taken_, std::min<std::uint64_t>(most, filled_ - taken_));
    taken_ += bytes.size();
    return bytes;
}

std::uint64_t ByteReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint8_t part = byte();
        value |= std::uint64_t{part & 0x7FU} << shift;
        if ((part & 0x80U) == 0) return value;
    }
    refuse(ErrorCode::kInvalid, "a number of more than 64 bits");
    return 0;
}

std::int64_t ByteReader::zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

void ByteReader::take(std::span<std::uint8_t> into) {
    while (!into.empty()) {
        const auto bytes = some(into.size());
        if (bytes.empty()) {
            std::ranges::fill(into, std::uint8_t{0});
            return;
        }
        std::ranges::copy(bytes, into.begin());
        into = into.subspan(bytes.size());
    }
}

void ByteReader::append(std::string& into, std::uint64_t length) {
    while (length != 0) {
        const auto bytes = some(length);
        if (bytes.empty()) return;
        into.append(bytes.begin(), bytes.end());
        length -= bytes.size();
    }
}

void ByteReader::skip(std::uint64_t length) {
    while (length != 0) {
        const auto bytes = some(length);
        if (bytes.empty()) return;
        length -= bytes.size();
    }
}

Result<std::size_t> ByteReader::read(std::span<std::uint8_t> into) {
    if (error_) return fail(*error_);
    if (taken_ == filled_) {
        const auto got = input_.read(into);
        if (got) buffer_end_ += *got;
        return got;
    }
    const auto bytes = some(into.size());
    std::ranges::copy(bytes, into.begin());
    return bytes.size();
}

Result<std::size_t> SectionStream::read(std::span<std::uint8_t> into) {
    if (left_ == 0) return 0;
    const auto got = from_.read(into.first(std::min<std::uint64_t>(into.size(), left_)));
    if (got) left_ -= *got;
    return got;
}

}  // namespace modelward::fingerprint
