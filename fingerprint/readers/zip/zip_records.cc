// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_records.h"

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint16_t kSizesFollow = 1U << 3;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint32_t kInExtra = 0xFFFFFFFF;

// A name that is too long to keep must not hide the members behind it.
std::string read_name(HeaderCursor& cursor, std::uint16_t length) {
    if (length <= kMaxNameBytes) return cursor.text(length);
    cursor.skip(length);
    return {};
}

// Takes from the field, in this order, the numbers that did not fit into 32 bits.
void read_zip64_field(HeaderCursor& cursor, std::uint16_t length, ZipEntry& entry) {
    for (std::uint64_t* number : {&entry.bytes, &entry.compressed_bytes, &entry.local_header}) {
        if (*number != kInExtra || length < 8) continue;
        *number = cursor.number<std::uint64_t>();
        length = static_cast<std::uint16_t>(length - 8);
    }
    cursor.skip(length);
}

void read_extra(HeaderCursor& cursor, std::uint16_t length, ZipEntry& entry) {
    while (length >= 4 && cursor.ok()) {
        const auto id = cursor.number<std::uint16_t>();
        auto field = cursor.number<std::uint16_t>();
        length = static_cast<std::uint16_t>(length - 4);
        if (field > length) field = length;  // loaders forgive it
        length = static_cast<std::uint16_t>(length - field);
        if (id == kZip64Extra) {
            read_zip64_field(cursor, field, entry);
        } else {
            cursor.skip(field);
        }
    }
    cursor.skip(length);
}

// Flags, method, time, checksum and sizes. The checksum and the flag of encryption are not looked at: a wrong
// one stops a scanner that believes it, and no loader of models.
void read_common(HeaderCursor& cursor, ZipEntry& entry) {
    cursor.skip(2);  // version needed
    entry.sizes_follow = (cursor.number<std::uint16_t>() & kSizesFollow) != 0;
    entry.method = cursor.number<std::uint16_t>();
    cursor.skip(8);
    entry.compressed_bytes = cursor.number<std::uint32_t>();
    entry.bytes = cursor.number<std::uint32_t>();
}

}  // namespace

ZipEntry read_zip_local_header(HeaderCursor& cursor) {
    const std::uint64_t start = cursor.position() - 4;
    ZipEntry entry;
    read_common(cursor, entry);
    const auto name = cursor.number<std::uint16_t>();
    const auto extra = cursor.number<std::uint16_t>();
    entry.name = read_name(cursor, name);
    read_extra(cursor, extra, entry);
    entry.local_header = start;
    return entry;
}

ZipEntry read_zip_central_entry(HeaderCursor& cursor) {
    ZipEntry entry;
    cursor.skip(2);  // version made by
    read_common(cursor, entry);
    const auto name = cursor.number<std::uint16_t>();
    const auto extra = cursor.number<std::uint16_t>();
    const auto comment = cursor.number<std::uint16_t>();
    cursor.skip(8);  // disk, attributes
    entry.local_header = cursor.number<std::uint32_t>();
    entry.name = read_name(cursor, name);
    read_extra(cursor, extra, entry);
    cursor.skip(comment);
    return entry;
}

ZipEnd read_zip_end(HeaderCursor& cursor) {
    cursor.skip(6);  // disks
    ZipEnd end{};
    end.entries = cursor.number<std::uint16_t>();
    end.directory_bytes = cursor.number<std::uint32_t>();
    end.directory = cursor.number<std::uint32_t>();
    return end;
}

ZipEnd read_zip64_end(HeaderCursor& cursor) {
    cursor.skip(28);  // size of the record, versions, disks, entries on this disk
    ZipEnd end{};
    end.entries = cursor.number<std::uint64_t>();
    end.directory_bytes = cursor.number<std::uint64_t>();
    end.directory = cursor.number<std::uint64_t>();
    return end;
}

std::uint64_t read_zip64_locator(HeaderCursor& cursor) {
    cursor.skip(4);  // disk
    return cursor.number<std::uint64_t>();
}

}  // namespace modelward::fingerprint
