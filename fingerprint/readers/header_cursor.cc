// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/header_cursor.h"

#include <algorithm>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

HeaderCursor::HeaderCursor(const ByteSource& source, std::uint64_t begin, std::uint64_t end)
    : source_(source), end_(std::min(end, source.size())), position_(std::min(begin, end_)) {}

std::uint64_t HeaderCursor::remaining() const {
    return std::min(end_ - position_, kMaxHeaderBytes - header_bytes_);
}

bool HeaderCursor::fits(std::uint64_t count, std::uint64_t least_bytes) const {
    return count <= remaining() / least_bytes;
}

void HeaderCursor::refuse(ErrorCode code, const std::string& what) {
    if (!error_) error_ = Error(code, what + " (at byte " + std::to_string(position_) + ")");
}

std::string HeaderCursor::text(std::uint64_t length) {
    if (length > kMaxNameBytes) {
        refuse(ErrorCode::kLimit, "a name of " + std::to_string(length) + " bytes");
        return {};
    }
    std::string text(length, '\0');
    take({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return text;
}

std::string HeaderCursor::line() {
    std::string line;
    while (ok()) {
        const char next = static_cast<char>(number<std::uint8_t>());
        if (next == '\n') return line;
        if (line.size() == kMaxNameBytes) refuse(ErrorCode::kLimit, "a line is too long");
        line += next;
    }
    return {};
}

void HeaderCursor::skip(std::uint64_t length) {
    if (error_) return;
    if (length > remaining()) {
        const bool at_limit = length <= end_ - position_;
        refuse(at_limit ? ErrorCode::kLimit : ErrorCode::kInvalid,
               at_limit ? "the header is beyond the limit of " + std::to_string(kMaxHeaderBytes) + " bytes"
                        : "the file ends inside the header: " + std::to_string(length) +
                              " more bytes are announced");
        return;
    }
    position_ += length;
    header_bytes_ += length;
}

void HeaderCursor::pass(std::uint64_t length) {
    if (error_) return;
    if (length > end_ - position_) {
        refuse(ErrorCode::kInvalid,
               "the file ends inside data: " + std::to_string(length) + " more bytes are announced");
        return;
    }
    position_ += length;
}

void HeaderCursor::skip_past(std::uint8_t last) {
    while (ok()) {
        if (remaining() == 0) return skip(1);
        if (!hold(1)) return;
        const auto held = std::span(buffer_).first(buffer_length_).subspan(position_ - buffer_start_);
        const auto ahead = held.first(std::min<std::uint64_t>(held.size(), remaining()));
        const auto found = std::ranges::find(ahead, last);
        if (found != ahead.end()) return skip(static_cast<std::uint64_t>(found - ahead.begin()) + 1);
        skip(ahead.size());
    }
}

bool HeaderCursor::hold(std::uint64_t bytes) {
    if (position_ >= buffer_start_ && position_ + bytes <= buffer_start_ + buffer_length_) return true;
    buffer_start_ = position_;
    buffer_length_ = std::min<std::uint64_t>(buffer_.size(), end_ - position_);
    auto read = source_.read(position_, std::span(buffer_).first(buffer_length_));
    if (read) return true;
    error_ = read.error();
    buffer_length_ = 0;
    return false;
}

void HeaderCursor::take(std::span<std::uint8_t> into) {
    const bool is_there = !error_ && into.size() <= remaining();
    if (!is_there || !hold(into.size())) {
        skip(into.size());  // says why
        std::ranges::fill(into, std::uint8_t{0});
        return;
    }
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(position_ - buffer_start_), into.size(),
                into.begin());
    skip(into.size());
}

}  // namespace modelward::fingerprint
