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

void HeaderCursor::take(std::span<std::uint8_t> into) {
    const std::uint64_t start = position_;
    skip(into.size());
    if (error_) {
        std::ranges::fill(into, std::uint8_t{0});
        return;
    }
    if (start < buffer_start_ || start + into.size() > buffer_start_ + buffer_length_) {
        buffer_start_ = start;
        buffer_length_ = std::min<std::uint64_t>(buffer_.size(), end_ - start);
        if (auto read = source_.read(start, std::span(buffer_).first(buffer_length_)); !read) {
            error_ = read.error();
            buffer_length_ = 0;
            return;
        }
    }
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(start - buffer_start_), into.size(),
                into.begin());
}

}  // namespace modelward::fingerprint
