// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/wrapping.h"

#include <algorithm>
#include <array>

#include "fingerprint/containers/text_encoding.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Magic {
    std::string_view bytes;
    Wrapping wrapping;
};
using namespace std::string_view_literals;
constexpr std::array kMagics = {
    Magic{"PK\x03\x04"sv, Wrapping::kZip},        Magic{"7z\xBC\xAF\x27\x1C"sv, Wrapping::k7z},
    Magic{"\x1F\x8B\x08"sv, Wrapping::kGzip},     Magic{"\xFD\x37zXZ\x00"sv, Wrapping::kXz},
    Magic{"\x28\xB5\x2F\xFD"sv, Wrapping::kZstd}, Magic{"\x04\x22\x4D\x18"sv, Wrapping::kLz4},
};

bool starts_with(Bytes head, std::string_view text) {
    return std::string_view(reinterpret_cast<const char*>(head.data()), head.size()).starts_with(text);
}

// "BZh", the size of the blocks, then the first block's or the end's mark (digits of pi, of its root).
bool is_bzip2(Bytes head) {
    return head.size() >= 10 && starts_with(head, "BZh") && head[3] >= '1' && head[3] <= '9' &&
           (starts_with(head.subspan(4), "\x31\x41\x59\x26\x53\x59") ||
            starts_with(head.subspan(4), "\x17\x72\x45\x38\x50\x90"));
}

// zstd and lz4 share frames that a decoder skips; a file may begin with one.
bool is_skippable_frame(Bytes head) {
    return head.size() >= 8 && (load_le<std::uint32_t>(head.data()) & 0xFFFFFFF0U) == 0x184D2A50U;
}

// POSIX ustar: the sum of the header's bytes, with blanks for the sum itself, in octal at 148.
bool is_tar(Bytes head) {
    constexpr std::size_t kHeader = 512, kSumAt = 148, kSumBytes = 8;
    if (head.size() < kHeader || head[0] == 0) return false;
    std::uint32_t sum = kSumBytes * ' ';
    for (std::size_t i = 0; i < kHeader; ++i)
        if (i < kSumAt || i >= kSumAt + kSumBytes) sum += head[i];
    std::uint32_t written = 0;
    bool digits = false;
    for (const std::uint8_t c : head.subspan(kSumAt, kSumBytes)) {
        if (c >= '0' && c <= '7') {
            written = written * 8 + (c - '0');
            digits = true;
        } else if (c == 0 || c == ' ') {
            if (digits) break;
        } else {
            return false;
        }
    }
    return digits && written == sum;
}

}  // namespace

std::string_view to_string(Wrapping wrapping) {
    switch (wrapping) {
        case Wrapping::kTar:
            return "tar";
        case Wrapping::kZip:
            return "zip";
        case Wrapping::k7z:
            return "7z";
        case Wrapping::kGzip:
            return "gzip";
        case Wrapping::kBzip2:
            return "bzip2";
        case Wrapping::kXz:
            return "xz";
        case Wrapping::kZstd:
            return "zstd";
        case Wrapping::kLz4:
            return "lz4";
        case Wrapping::kBase64:
            return "base64";
        case Wrapping::kUuencode:
            return "uuencode";
        case Wrapping::kHex:
            return "hex";
    }
    return "unknown";
}

bool is_text_encoding(Wrapping wrapping) {
    return wrapping == Wrapping::kBase64 || wrapping == Wrapping::kUuencode || wrapping == Wrapping::kHex;
}

bool is_single_stream(Wrapping wrapping) {
    return wrapping != Wrapping::kTar && wrapping != Wrapping::kZip && wrapping != Wrapping::k7z;
}

std::optional<Wrapping> identify_wrapping(Bytes head) {
    for (const Magic& magic : kMagics)
        if (starts_with(head, magic.bytes)) return magic.wrapping;
    if (is_bzip2(head)) return Wrapping::kBzip2;
    if (is_skippable_frame(head)) return Wrapping::kZstd;
    if (is_tar(head)) return Wrapping::kTar;
    return identify_text_encoding(head);
}

}  // namespace modelward::fingerprint
