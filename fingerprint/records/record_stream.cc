// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_stream.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_control(std::uint8_t byte) {
    const bool is_of_text = (byte >= '\t' && byte <= '\r') || byte == 0x1B;
    return (byte < ' ' && !is_of_text) || byte == 0x7F;
}

// What is no text is told by its first bytes.
bool is_text(std::span<const std::uint8_t> window) {
    return std::ranges::none_of(window, is_control);
}

}  // namespace

void RecordStream::push(std::span<const std::uint8_t> bytes) {
    windows_.push(bytes, [this](std::span<const std::uint8_t> window) { take_window(window); });
}

void RecordStream::finish() {
    windows_.finish([this](std::span<const std::uint8_t> window) { take_window(window); });
    end_text();
}

void RecordStream::take_window(std::span<const std::uint8_t> window) {
    if (!is_text(window)) return end_text();
    if (shape_) return put(window);
    front_.append(window.begin(), window.end());
    if (front_.size() >= kTextFront) begin_text();
}

void RecordStream::begin_text() {
    shape_ = shape_of_text(front_);
    if (*shape_ != TextShape::kLines) json_.emplace(words_, *shape_);
    put(bytes_of(front_));
    front_.clear();
}

void RecordStream::end_text() {
    if (!front_.empty()) begin_text();
    words_.end_record();
    shape_.reset();
    json_.reset();
}

void RecordStream::put(std::span<const std::uint8_t> text) {
    if (!json_) return words_.put_lines(text);
    for (const std::uint8_t byte : text)
        json_->put(byte);
}

}  // namespace modelward::fingerprint
