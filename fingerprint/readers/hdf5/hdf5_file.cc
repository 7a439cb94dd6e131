// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/hdf5_file.h"

#include <algorithm>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

// A file with kMaxTensors datasets needs some four for each.
constexpr std::uint64_t kMaxFetches = std::uint64_t{1} << 21;
// What a read outside the file counts for: it costs its message, and nothing else would end a loop of them.
constexpr std::uint64_t kFailedReadBytes = 64;
// Beyond any file, and low enough for sums.
constexpr std::uint64_t kMaxPosition = std::uint64_t{1} << 62;

bool is_width(std::uint8_t bytes) {
    return bytes == 2 || bytes == 4 || bytes == 8;
}

}  // namespace

bool Hdf5File::set_widths(std::uint8_t address_bytes, std::uint8_t length_bytes) {
    if (!is_width(address_bytes) || !is_width(length_bytes)) return false;
    address_bytes_ = address_bytes;
    length_bytes_ = length_bytes;
    return true;
}

Result<void> Hdf5File::fetch(std::uint64_t position) {
    if (++fetches_ > kMaxFetches) {
        ended_ =
            Error(ErrorCode::kLimit, "metadata lies in more than " + std::to_string(kMaxFetches) + " places");
        return fail(*ended_);
    }
    window_start_ = position;
    window_bytes_ = std::min<std::uint64_t>(window_.size(), source_.size() - position);
    if (auto done = source_.read(position, std::span(window_).first(window_bytes_)); !done) {
        window_bytes_ = 0;
        (done.error().code() == ErrorCode::kUnavailable ? too_early_ : ended_) = done.error();
        return done;
    }
    return {};
}

Result<void> Hdf5File::read(std::uint64_t position, std::span<std::uint8_t> into) {
    if (ended_) return fail(*ended_);
    const bool is_inside = position <= source_.size() && into.size() <= source_.size() - position;
    bytes_ += is_inside ? into.size() : kFailedReadBytes;
    if (bytes_ > kMaxHeaderBytes) {
        ended_ = Error(ErrorCode::kLimit,
                       "the metadata is beyond the limit of " + std::to_string(kMaxHeaderBytes) + " bytes");
        return fail(*ended_);
    }
    if (!is_inside)
        return fail(ErrorCode::kInvalid, "the file ends at byte " + std::to_string(source_.size()));
    while (!into.empty()) {
        if (position < window_start_ || position >= window_start_ + window_bytes_) {
            if (auto done = fetch(position); !done) return done;
        }
        const auto at = static_cast<std::size_t>(position - window_start_);
        const std::size_t part = std::min(into.size(), window_bytes_ - at);
        std::ranges::copy(std::span(window_).subspan(at, part), into.begin());
        into = into.subspan(part);
        position += part;
    }
    return {};
}

std::uint64_t Hdf5Cursor::sized(std::size_t bytes) {
    std::array<std::uint8_t, 8> number{};
    take(std::span(number).first(std::min(bytes, number.size())));
    return load_le<std::uint64_t>(number.data());
}

std::uint64_t Hdf5Cursor::length_or_all() {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    const std::uint64_t length = this->length();
    return length == kAll >> (64 - 8 * file_->length_bytes()) ? kAll : length;
}

std::uint64_t Hdf5Cursor::address() {
    const std::uint8_t bytes = file_->address_bytes();
    const std::uint64_t address = sized(bytes);
    if (address == kUndefinedPosition >> (64 - 8 * bytes)) return kUndefinedPosition;
    if (address >= kMaxPosition) {
        refuse(ErrorCode::kInvalid, "the address " + std::to_string(address) + " is out of reach");
        return kUndefinedPosition;
    }
    return file_->base() + address;
}

void Hdf5Cursor::skip(std::uint64_t bytes) {
    if (error_) return;
    if (bytes > left()) return refuse(ErrorCode::kInvalid, "a record ends too early");
    position_ += bytes;
}

void Hdf5Cursor::signature(std::string_view four_letters) {
    if (text(four_letters.size()) != four_letters)
        refuse(ErrorCode::kInvalid, "there is no '" + std::string(four_letters) + "'");
}

std::string Hdf5Cursor::text(std::uint64_t bytes) {
    if (bytes > kMaxNameBytes) {
        refuse(ErrorCode::kLimit, "a name of " + std::to_string(bytes) + " bytes");
        return {};
    }
    std::string text(bytes, '\0');
    take({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return text;
}

std::string Hdf5Cursor::terminated_text() {
    std::string text;
    while (ok()) {
        const char next = static_cast<char>(number<std::uint8_t>());
        if (next == '\0') return text;
        if (text.size() == kMaxNameBytes) refuse(ErrorCode::kLimit, "a name is too long");
        text += next;
    }
    return {};
}

void Hdf5Cursor::refuse(ErrorCode code, const std::string& what) {
    if (!error_) error_ = Error(code, what + " (at byte " + std::to_string(position_) + ")");
}

void Hdf5Cursor::take(std::span<std::uint8_t> into) {
    const std::uint64_t start = position_;
    skip(into.size());
    if (!error_) {
        const auto done = file_->read(start, into);
        if (done) return;
        error_ =
            Error(done.error().code(), done.error().message() + " (at byte " + std::to_string(start) + ")");
    }
    std::ranges::fill(into, std::uint8_t{0});
}

}  // namespace modelward::fingerprint
