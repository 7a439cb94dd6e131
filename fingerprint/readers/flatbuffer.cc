// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/flatbuffer.h"

#include <algorithm>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

bool Flatbuffer::read(std::uint64_t position, std::span<std::uint8_t> into) const {
    if (position > size() || into.size() > size() - position) return false;
    if (position < window_start_ || position + into.size() > window_start_ + window_bytes_) {
        if (into.size() > window_.size()) {
            if (auto done = source_.read(position, into); !done) io_error_ = done.error();
            return !io_error_;
        }
        window_start_ = position;
        window_bytes_ = std::min<std::uint64_t>(window_.size(), size() - position);
        if (auto done = source_.read(position, std::span(window_).first(window_bytes_)); !done) {
            io_error_ = done.error();
            window_bytes_ = 0;
            return false;
        }
    }
    std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(position - window_start_), into.size(),
                into.begin());
    return true;
}

std::optional<std::uint64_t> Flatbuffer::follow(std::uint64_t position) const {
    const auto offset = number<std::uint32_t>(position);
    if (!offset || *offset == 0) return std::nullopt;
    return position + *offset;
}

std::optional<std::uint64_t> Flatbuffer::field(std::uint64_t table, std::uint16_t index) const {
    const auto back = number<std::uint32_t>(table);
    if (!back) return std::nullopt;
    // A signed distance from the table to its list of fields.
    const auto fields = table - static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(*back)});
    const auto bytes = number<std::uint16_t>(fields);
    const std::uint64_t entry = 4 + std::uint64_t{2} * index;
    if (!bytes || entry + 2 > *bytes) return std::nullopt;
    const auto offset = number<std::uint16_t>(fields + entry);
    if (!offset || *offset == 0) return std::nullopt;
    return table + *offset;
}

std::optional<std::uint64_t> Flatbuffer::target(std::uint64_t table, std::uint16_t index) const {
    const auto position = field(table, index);
    return position ? follow(*position) : std::nullopt;
}

std::optional<Flatbuffer::Vector> Flatbuffer::vector(std::uint64_t position, std::uint64_t item_bytes) const {
    const auto count = number<std::uint32_t>(position);
    if (!count) return std::nullopt;
    const Vector vector{position + 4, *count};
    if (vector.count * item_bytes > size() - vector.start) return std::nullopt;
    return vector;
}

std::optional<std::string> Flatbuffer::text(std::uint64_t position) const {
    const auto characters = vector(position, 1);
    if (!characters || characters->count > kMaxNameBytes) return std::nullopt;
    std::string text(characters->count, '\0');
    if (!read(characters->start, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}))
        return std::nullopt;
    return text;
}

}  // namespace modelward::fingerprint
