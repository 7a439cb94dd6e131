// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/carving/signature_search.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace modelward::fingerprint {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view bytes;
    std::size_t from_start;        // where in a model it stands
    std::string_view next = ""sv;  // one of these follows; empty: anything

    std::size_t size() const { return bytes.size() + (next.empty() ? 0 : 1); }
};

constexpr std::array kSignatures = {
    Signature{"\0\0\0\0{"sv, 4, "\"} \n\r\t"sv},  // safetensors: half of the header's length, and JSON
    Signature{"GGUF\1\0\0\0"sv, 0},               // with its version: programs and texts name the format
    Signature{"GGUF\2\0\0\0"sv, 0},
    Signature{"GGUF\3\0\0\0"sv, 0},
    Signature{"TFL3"sv, 4},
    Signature{"\x89HDF\r\n\x1a\n"sv, 0},
    // PyTorch before 1.6: a pickle of its magic number (torch/serialization.py, MAGIC_NUMBER).
    Signature{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"sv, 0},
};

// Every entry of a zip archive begins with the first; the second begins what stands at its end, a record of
// this size and a comment. APPNOTE.TXT 4.3.7 and 4.3.16.
constexpr std::string_view kZipEntry = "PK\3\4", kZipEnd = "PK\5\6";
constexpr std::size_t kZipEndBytes = 22;

// Two neighbouring bytes of a signature. Of one that begins with zeros, which are everywhere, the last two.
struct Sign {
    std::size_t at;  // in the signature
    std::uint8_t first, second;
};
constexpr Sign sign_of(std::string_view signature) {
    const std::size_t at = signature.front() == '\0' ? signature.size() - 2 : 0;
    return {at, static_cast<std::uint8_t>(signature[at]), static_cast<std::uint8_t>(signature[at + 1])};
}

// What any signature is told by, each once.
constexpr std::array kSigns = {sign_of(kSignatures[0].bytes), sign_of(kSignatures[1].bytes),
                               sign_of(kSignatures[4].bytes), sign_of(kSignatures[5].bytes),
                               sign_of(kSignatures[6].bytes), sign_of(kZipEntry)};
constexpr bool all_have_signs() {
    return std::ranges::all_of(kSignatures, [](const Signature& signature) {
        const Sign wanted = sign_of(signature.bytes);
        return std::ranges::any_of(kSigns, [&](const Sign& sign) {
            return sign.at == wanted.at && sign.first == wanted.first && sign.second == wanted.second;
        });
    });
}
static_assert(all_have_signs() && sign_of(kZipEnd).first == sign_of(kZipEntry).first &&
              sign_of(kZipEnd).second == sign_of(kZipEntry).second);

constexpr std::size_t kStep = 16;
// Eight neighbouring pairs of bytes.
typedef std::uint16_t Pairs __attribute__((vector_size(kStep)));

Pairs eight_of(const Sign& sign) {
    const auto pair = static_cast<std::uint16_t>(sign.first | sign.second << 8);
    return Pairs{} + pair;
}

// How many of the bytes' first places, in steps of kStep, have no sign.
std::size_t without_sign(std::span<const std::uint8_t> bytes) {
    std::array<Pairs, kSigns.size()> signs;
    std::ranges::transform(kSigns, signs.begin(), eight_of);
    std::size_t at = 0;
    for (; at + kStep < bytes.size(); at += kStep) {
        Pairs even, odd;  // those that begin at even places, and at odd ones
        std::memcpy(&even, bytes.data() + at, kStep);
        std::memcpy(&odd, bytes.data() + at + 1, kStep);
        Pairs found{};
#pragma GCC unroll 8
        for (std::size_t i = 0; i < signs.size(); ++i)
            found |= reinterpret_cast<Pairs>((even == signs[i]) | (odd == signs[i]));
        std::array<std::uint64_t, 2> any;
        std::memcpy(any.data(), &found, kStep);
        if ((any[0] | any[1]) != 0) break;
    }
    return at;
}

// Calls look_at(sign, at) wherever a sign stands, ascending.
template <typename LookAt>
void each_sign(std::span<const std::uint8_t> bytes, const LookAt& look_at) {
    for (std::size_t at = 0; at + 1 < bytes.size();) {
        at += without_sign(bytes.subspan(at));
        for (const std::size_t end = std::min(at + kStep, bytes.size() - 1); at < end; ++at)
            for (const Sign& sign : kSigns)
                if (bytes[at] == sign.first && bytes[at + 1] == sign.second) look_at(sign, at);
    }
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void SignatureSearch::push(std::span<const std::uint8_t> block) {
    // A signature that begins in what has passed and ends in this block.
    std::array<std::uint8_t, 2 * kKept> seam;
    const auto front = block.first(std::min(block.size(), kKept));
    std::copy_n(kept_.begin(), kept_bytes_, seam.begin());
    std::ranges::copy(front, seam.begin() + static_cast<std::ptrdiff_t>(kept_bytes_));
    const auto joined = std::span<const std::uint8_t>(seam).first(kept_bytes_ + front.size());
    search(joined, passed_ - kept_bytes_, passed_);
    search(block, passed_, passed_ + block.size());

    passed_ += block.size();
    const auto end = block.size() < kKept ? joined.last(std::min(joined.size(), kKept)) : block.last(kKept);
    std::memmove(kept_.data(), end.data(), end.size());
    kept_bytes_ = end.size();
}

// Those that begin before `until`. What ended before this block was found with an earlier one.
void SignatureSearch::search(std::span<const std::uint8_t> bytes, std::uint64_t begin, std::uint64_t until) {
    const std::string_view text = text_of(bytes);
    each_sign(bytes, [&](const Sign& sign, std::size_t at) {
        if (at < sign.at || begin + at - sign.at >= until) return;
        look_at(text.substr(at - sign.at), begin + at - sign.at);
    });
}

// `text` begins at `position` of the file.
void SignatureSearch::look_at(std::string_view text, std::uint64_t position) {
    for (const Signature& signature : kSignatures) {
        if (position + signature.size() <= passed_ || position <= signature.from_start ||
            !text.starts_with(signature.bytes))
            continue;
        const auto next = text.substr(signature.bytes.size(), 1);
        if (!signature.next.empty() && (next.empty() || !signature.next.contains(next[0]))) continue;
        add({position - signature.from_start});
    }
    if (position + kZipEntry.size() <= passed_) return;
    if (text.starts_with(kZipEntry) && !in_zip_) {
        in_zip_ = true;
        open_zip_.reset();
        if (position == 0) return;
        add({position});
        if (!has_more_) open_zip_ = places_.size() - 1;
    } else if (text.starts_with(kZipEnd) && in_zip_) {
        in_zip_ = false;
        if (open_zip_) places_[*open_zip_].end = position + kZipEndBytes;
    }
}

void SignatureSearch::add(const Place& place) {
    if (places_.size() == kMostPlaces)
        has_more_ = true;
    else
        places_.push_back(place);
}

std::vector<Place> SignatureSearch::places() const {
    std::vector<Place> sorted = places_;
    std::ranges::sort(sorted, {}, &Place::begin);
    return sorted;
}

}  // namespace modelward::fingerprint
