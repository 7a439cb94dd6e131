// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/pickle_writer.h"

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

PickleWriter::PickleWriter(std::uint8_t protocol) : bytes_{0x80, protocol} {}

PickleWriter& PickleWriter::op(std::string_view instructions) {
    append(bytes_, instructions);
    return *this;
}

PickleWriter& PickleWriter::text(std::string_view value) {
    bytes_.push_back('X');
    append_number(bytes_, static_cast<std::uint32_t>(value.size()));
    append(bytes_, value);
    return *this;
}

PickleWriter& PickleWriter::integer(std::int64_t value) {
    append(bytes_, std::string_view("\x8A\x08", 2));
    append_number(bytes_, static_cast<std::uint64_t>(value));
    return *this;
}

PickleWriter& PickleWriter::bytes(const Bytes& value) {
    bytes_.push_back('B');
    append_number(bytes_, static_cast<std::uint32_t>(value.size()));
    append(bytes_, value);
    return *this;
}

PickleWriter& PickleWriter::global(std::string_view module, std::string_view name) {
    append(bytes_, "c" + std::string(module) + "\n" + std::string(name) + "\n");
    return *this;
}

PickleWriter& PickleWriter::tuple(const std::vector<std::uint64_t>& integers) {
    op("(");
    for (const std::uint64_t each : integers)
        integer(static_cast<std::int64_t>(each));
    return op("t");
}

PickleWriter& PickleWriter::raw(const Bytes& more) {
    append(bytes_, more);
    return *this;
}

Bytes PickleWriter::finish() const {
    Bytes whole = bytes_;
    whole.push_back('.');
    return whole;
}

}  // namespace modelward::fingerprint::testing
