// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/flatbuffer_writer.h"

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

FlatbufferWriter::FlatbufferWriter(std::string_view identifier) {
    append_number(bytes_, std::uint32_t{0});
    append(bytes_, identifier);
}

std::size_t FlatbufferWriter::table(const std::vector<std::uint8_t>& field_bytes) {
    align();
    const std::size_t list = bytes_.size();
    append_number(bytes_, static_cast<std::uint16_t>(4 + 2 * field_bytes.size()));
    append_number(bytes_, std::uint16_t{0});  // size of the table: nobody needs it
    std::uint16_t offset = 4;
    for (const std::uint8_t bytes : field_bytes) {
        append_number(bytes_, bytes == 0 ? std::uint16_t{0} : offset);
        offset = static_cast<std::uint16_t>(offset + bytes);
    }
    align();
    const std::size_t table = bytes_.size();
    append_number(bytes_, static_cast<std::uint32_t>(table - list));
    for (std::size_t i = 0; i < field_bytes.size(); ++i) {
        fields_[{table, i}] = bytes_.size();
        bytes_.resize(bytes_.size() + field_bytes[i]);
    }
    return table;
}

std::size_t FlatbufferWriter::vector(std::uint32_t count, std::size_t item_bytes) {
    align();
    const std::size_t position = bytes_.size();
    append_number(bytes_, count);
    bytes_.resize(bytes_.size() + count * item_bytes);
    return position;
}

std::size_t FlatbufferWriter::text(std::string_view value) {
    return data(Bytes(value.begin(), value.end()));
}

std::size_t FlatbufferWriter::data(const Bytes& value) {
    const std::size_t position = vector(static_cast<std::uint32_t>(value.size()), 0);
    append(bytes_, value);
    return position;
}

void FlatbufferWriter::set(std::size_t position, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        bytes_.at(position + i) = static_cast<std::uint8_t>(value >> (8 * i));
}

void FlatbufferWriter::align() {
    while (bytes_.size() % 4 != 0)
        bytes_.push_back(0);
}

}  // namespace modelward::fingerprint::testing
