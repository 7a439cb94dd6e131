// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/zip_writer.h"

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {
namespace {

using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

constexpr U16 kSizesFollow = 8;
constexpr U32 kElsewhere = 0xFFFFFFFF;

void append_sizes(Bytes& bytes, U32 compressed, U32 uncompressed) {
    append_number(bytes, U32{0xBADC4C});  // checksum: never right
    append_number(bytes, compressed);
    append_number(bytes, uncompressed);
}

}  // namespace

ZipWriter& ZipWriter::add(ZipMemberSpec member) {
    const std::uint64_t offset = bytes_.size();
    const std::string name = member.local_name.value_or(member.name);
    const auto size = static_cast<U32>(member.data.size());
    append_number(bytes_, U32{0x04034B50});
    append_number(bytes_, U16{20});
    append_number(bytes_, static_cast<U16>(member.flags | (member.sizes_follow ? kSizesFollow : 0)));
    append_number(bytes_, member.local_method.value_or(member.method));
    append_number(bytes_, U32{0});  // time
    const U32 stated = member.is_zip64       ? kElsewhere
                       : member.sizes_follow ? 0
                                             : member.local_bytes.value_or(size);
    append_sizes(bytes_, stated, stated);
    append_number(bytes_, static_cast<U16>(name.size()));
    append_number(bytes_, static_cast<U16>(member.is_zip64 ? 20 : 5));
    append(bytes_, name);
    if (member.is_zip64) {
        append_number(bytes_, U16{1});
        append_number(bytes_, U16{16});
        append_number(bytes_, U64{size});
        append_number(bytes_, U64{size});
    } else {
        append(bytes_, std::string_view("FB\1\0Z", 5));  // a field of padding
    }
    data_offset_ = bytes_.size();
    append(bytes_, member.data);
    if (member.sizes_follow) {
        append_number(bytes_, U32{0x08074B50});
        append_sizes(bytes_, size, size);
    }
    listed_.push_back({std::move(member), offset});
    return *this;
}

Bytes ZipWriter::with_directory() const {
    Bytes bytes = bytes_;
    for (const auto& [member, offset] : listed_) {
        if (!member.in_directory) continue;
        const auto size = static_cast<U32>(member.data.size());
        append_number(bytes, U32{0x02014B50});
        append_number(bytes, U32{20});
        append_number(bytes, static_cast<U16>(member.flags | (member.sizes_follow ? kSizesFollow : 0)));
        append_number(bytes, member.method);
        append_number(bytes, U32{0});
        append_sizes(bytes, member.is_zip64 ? kElsewhere : size, member.is_zip64 ? kElsewhere : size);
        append_number(bytes, static_cast<U16>(member.name.size()));
        append_number(bytes, static_cast<U16>(member.is_zip64 ? 28 : 0));
        append_number(bytes, U16{0});  // comment
        append_number(bytes, U64{0});  // disk, attributes
        const U32 at = member.directory_offset.value_or(static_cast<U32>(offset));
        append_number(bytes, member.is_zip64 ? kElsewhere : at);
        append(bytes, member.name);
        if (!member.is_zip64) continue;
        append_number(bytes, U16{1});
        append_number(bytes, U16{24});
        append_number(bytes, U64{size});
        append_number(bytes, U64{size});
        append_number(bytes, U64{at});
    }
    return bytes;
}

Bytes ZipWriter::finish(std::string_view comment) const {
    Bytes bytes = with_directory();
    const auto directory_bytes = static_cast<U32>(bytes.size() - bytes_.size());
    append_number(bytes, U32{0x06054B50});
    append_number(bytes, U32{0});  // disks
    append_number(bytes, static_cast<U16>(listed_.size()));
    append_number(bytes, static_cast<U16>(listed_.size()));
    append_number(bytes, directory_bytes);
    append_number(bytes, static_cast<U32>(bytes_.size()));
    append_number(bytes, static_cast<U16>(comment.size()));
    append(bytes, comment);
    return bytes;
}

Bytes ZipWriter::finish_zip64() const {
    Bytes bytes = with_directory();
    const std::uint64_t record = bytes.size();
    append_number(bytes, U32{0x06064B50});
    append_number(bytes, U64{44});
    append_number(bytes, U32{45 << 16 | 45});
    append_number(bytes, U64{0});  // disks
    append_number(bytes, U64{listed_.size()});
    append_number(bytes, U64{listed_.size()});
    append_number(bytes, U64{record - bytes_.size()});
    append_number(bytes, U64{bytes_.size()});
    append_number(bytes, U32{0x07064B50});
    append_number(bytes, U32{0});
    append_number(bytes, record);
    append_number(bytes, U32{1});
    append_number(bytes, U32{0x06054B50});
    append_number(bytes, U32{0});
    append_number(bytes, U32{0xFFFFFFFF});  // counts, sizes and offset are in the zip64 record
    append_number(bytes, U64{~U64{0}});
    append_number(bytes, U16{0});
    return bytes;
}

}  // namespace modelward::fingerprint::testing
