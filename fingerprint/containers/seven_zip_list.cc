// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/seven_zip_list.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kSignatureHeader = 32;  // signature, version, CRC, then of the list: offset, size, CRC
constexpr std::size_t kOffsetAt = 12, kSizeAt = 20;
constexpr std::uint64_t kMostEncodedRecord = 4096;  // describes one stream; some 40 bytes

enum Id : std::uint8_t {
    kEnd = 0,
    kPlain = 1,
    kPackInfo = 6,
    kUnpackInfo = 7,
    kSize = 9,
    kCrc = 10,
    kFolder = 11,
    kUnpackSizes = 12,
    kEncoded = 23
};

// Errors stick: reads beyond the end give zero.
class Record {
  public:
    explicit Record(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::uint8_t byte() {
        if (at_ == bytes_.size()) {
            ok_ = false;
            return 0;
        }
        return bytes_[at_++];
    }
    // The leading ones of the first byte count the bytes that follow; its other bits are the highest.
    std::uint64_t number() {
        const std::uint8_t first = byte();
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) {
            const auto mask = static_cast<std::uint8_t>(0x80U >> i);
            if ((first & mask) == 0) {
                return value | static_cast<std::uint64_t>(first & (mask - 1U)) << (8 * i);
            }
            value |= static_cast<std::uint64_t>(byte()) << (8 * i);
        }
        return value;
    }
    void skip(std::uint64_t count) {
        if (count > bytes_.size() - at_)
            ok_ = false;
        else
            at_ += count;
    }
    void expect(std::uint8_t id) { ok_ = byte() == id && ok_; }
    bool ok() const { return ok_; }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

// The size of a compressed list, as its record announces it. Writers use one coder for it (two when it is
// encrypted), with one stream in and one out.
std::optional<std::uint64_t> unpacked_size(Record record) {
    record.expect(kEncoded);
    record.expect(kPackInfo);
    record.number();  // position
    if (record.number() != 1) return std::nullopt;
    std::uint8_t id = record.byte();
    if (id == kSize) {
        record.number();
        id = record.byte();
    }
    if (id == kCrc) {
        if (record.byte() != 0) record.skip(4);  // "all are defined"
        id = record.byte();
    }
    if (id != kEnd) return std::nullopt;
    record.expect(kUnpackInfo);
    record.expect(kFolder);
    if (record.number() != 1 || record.byte() != 0) return std::nullopt;
    const std::uint64_t coders = record.number();
    if (coders < 1 || coders > 2) return std::nullopt;
    for (std::uint64_t i = 0; i < coders; ++i) {
        constexpr std::uint8_t kIdBytes = 0x0F, kComplex = 0x10, kProperties = 0x20;
        const std::uint8_t flags = record.byte();
        record.skip(flags & kIdBytes);
        if ((flags & kComplex) != 0) return std::nullopt;
        if ((flags & kProperties) != 0) record.skip(record.number());
    }
    for (std::uint64_t i = 0; i + 1 < coders; ++i) {  // what is bound to what
        record.number();
        record.number();
    }
    record.expect(kUnpackSizes);
    std::uint64_t largest = 0;
    for (std::uint64_t i = 0; i < coders; ++i)
        largest = std::max(largest, record.number());
    if (!record.ok()) return std::nullopt;
    return largest;
}

}  // namespace

Result<void> check_7z_list(const ByteSource& file) {
    const auto broken = [] { return fail(ErrorCode::kInvalid, "7z: the list of files is not understood"); };
    const auto too_long = [](std::uint64_t size) {
        return fail(ErrorCode::kLimit, "7z: a list of files of " + std::to_string(size) +
                                           " bytes; the limit is " + std::to_string(kMax7zListBytes));
    };
    if (file.size() < kSignatureHeader) return broken();
    std::array<std::uint8_t, kSignatureHeader> header;
    if (auto read = file.read(0, header); !read) return fail(read.error());
    const auto offset = load_le<std::uint64_t>(&header[kOffsetAt]);
    const auto size = load_le<std::uint64_t>(&header[kSizeAt]);
    const std::uint64_t room = file.size() - kSignatureHeader;
    if (size == 0) return {};  // an archive of nothing
    if (offset > room || size > room - offset) return broken();
    if (size > kMax7zListBytes) return too_long(size);
    std::vector<std::uint8_t> record(std::min(size, kMostEncodedRecord));
    if (auto read = file.read(kSignatureHeader + offset, record); !read) return fail(read.error());
    if (record[0] == kPlain) return {};
    const auto unpacked = unpacked_size(Record(record));
    if (!unpacked) return broken();
    if (*unpacked > kMax7zListBytes) return too_long(*unpacked);
    return {};
}

}  // namespace modelward::fingerprint
