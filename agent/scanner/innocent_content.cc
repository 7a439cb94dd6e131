// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/innocent_content.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace modelward::agent {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool is_hex(std::uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_blank(std::uint8_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Text that people and programs write has words, so its characters are uneven and stand in short runs. base64
// comes to 6 bits a character, base85 to 6.4, a hexadecimal dump is hexadecimal digits throughout; logs, CSV,
// JSON and prose stay between 3.5 and 5.3.
bool looks_encoded(Bytes bytes) {
    constexpr double kMostEntropy = 5.6;
    constexpr double kMostHex = 0.9;         // of what is not blank
    constexpr double kMostInLongRuns = 0.2;  // share of the bytes in runs of kLongRun without a blank
    constexpr std::size_t kLongRun = 200;
    std::array<std::size_t, 256> counts{};
    std::size_t hex = 0, blank = 0, in_long_runs = 0, run = 0;
    for (const auto c : bytes) {
        ++counts[c];
        hex += is_hex(c);
        // JSON and CSV without spaces still have separators.
        if (is_blank(c) || c == ',' || c == ';' || c == ':' || c == '"') {
            blank += is_blank(c);
            if (run >= kLongRun) in_long_runs += run;
            run = 0;
        } else {
            ++run;
        }
    }
    if (run >= kLongRun) in_long_runs += run;
    const auto total = static_cast<double>(bytes.size());
    double entropy = 0;
    for (const auto count : counts)
        if (count > 0)
            entropy -= static_cast<double>(count) / total * std::log2(static_cast<double>(count) / total);
    const auto solid = static_cast<double>(bytes.size() - blank);
    return entropy > kMostEntropy || static_cast<double>(hex) > kMostHex * solid ||
           static_cast<double>(in_long_runs) > kMostInLongRuns * total;
}

bool is_text(Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::uint8_t c = bytes[at];
        // Terminal colours in logs start with ESC; a progress bar uses backspace.
        if ((c < 0x20 && !is_blank(c) && c != 0x1b && c != '\b') || c == 0x7f) return false;
        const std::size_t length = utf8_sequence_length(text.substr(at));
        if (length == 0) return false;
        at += length;
    }
    return !looks_encoded(bytes);
}

std::uint32_t big_endian_32(Bytes at) {
    return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 |
           static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}

// PNG (W3C, ISO/IEC 15948): signature, then chunks of {length, type, data, crc}; IHDR first, IEND last.
bool is_whole_png(Bytes bytes) {
    constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};
    if (bytes.size() < kSignature.size() || !std::ranges::equal(bytes.first(8), kSignature)) return false;
    constexpr std::uint32_t kIhdr = 0x49484452, kIdat = 0x49444154, kIend = 0x49454e44;
    std::uint64_t metadata = 0;
    bool first = true, has_data = false;
    for (std::size_t at = 8; bytes.size() - at >= 12;) {
        const std::uint32_t length = big_endian_32(bytes.subspan(at)),
                            type = big_endian_32(bytes.subspan(at + 4));
        if (length > bytes.size() - at - 12 || first != (type == kIhdr)) return false;
        first = false;
        at += 12 + std::size_t{length};
        if (type == kIend)
            return length == 0 && has_data && at == bytes.size() && metadata <= kLargestImageMetadata;
        if (type == kIdat)
            has_data = true;
        else
            metadata += length;
    }
    return false;
}

// JPEG (ITU-T T.81): marker segments; after SOS entropy-coded data, in which 0xff is followed by 0 or a
// restart mark.
bool is_whole_jpeg(Bytes bytes) {
    if (bytes.size() < 4 || bytes[0] != 0xff || bytes[1] != 0xd8) return false;
    std::uint64_t metadata = 0;
    bool has_scan = false;
    for (std::size_t at = 2; bytes.size() - at >= 2;) {
        if (bytes[at] != 0xff) return false;
        const std::uint8_t marker = bytes[at + 1];
        if (marker == 0xff) {
            ++at;
            continue;
        }  // fill byte
        if (marker == 0xd9) return has_scan && at + 2 == bytes.size() && metadata <= kLargestImageMetadata;
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || bytes.size() - at < 4) return false;
        const std::size_t length = std::size_t{bytes[at + 2]} << 8 | bytes[at + 3];
        if (length < 2 || length > bytes.size() - at - 2) return false;
        at += 2 + length;
        if (marker != 0xda) {
            metadata += length;
            continue;
        }
        has_scan = true;
        while (bytes.size() - at >= 2 &&
               (bytes[at] != 0xff || bytes[at + 1] == 0 || (bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7)))
            ++at;
    }
    return false;
}

}  // namespace

Result<InnocentKind> innocent_content(const fingerprint::ByteSource& source) {
    if (source.size() <= kTinyBytes) return InnocentKind::kTiny;
    if (source.size() > kLargestInnocent) return InnocentKind::kNone;
    std::vector<std::uint8_t> bytes(source.size());
    if (auto read = source.read(0, bytes); !read) return fail(read.error());
    if (is_whole_png(bytes) || is_whole_jpeg(bytes)) return InnocentKind::kImage;
    return is_text(bytes) ? InnocentKind::kText : InnocentKind::kNone;
}

}  // namespace modelward::agent
