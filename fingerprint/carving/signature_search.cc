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

constexpr std::size_t kLanes = 16;
typedef std::uint8_t Lanes __attribute__((vector_size(kLanes)));

Lanes load(const std::uint8_t* at) {
    Lanes lanes;
    std::memcpy(&lanes, at, kLanes);
    return lanes;
}

// Whether the two bytes stand at one of the kLanes places from `at` on; reads kLanes + 1 bytes.
bool may_hold(const std::uint8_t* at, std::uint8_t first, std::uint8_t second) {
    const auto both = (load(at) == first) & (load(at + 1) == second);
    std::array<std::uint64_t, 2> any;
    std::memcpy(any.data(), &both, kLanes);
    return (any[0] | any[1]) != 0;
}

// Calls look_at(at) wherever the two neighbours from `pair` on of `sign` stand in their place, and at some
// other places.
template <typename LookAt>
void each_candidate(std::span<const std::uint8_t> bytes, std::string_view sign, std::size_t pair,
                    const LookAt& look_at) {
    const auto first = static_cast<std::uint8_t>(sign[pair]),
               second = static_cast<std::uint8_t>(sign[pair + 1]);
    std::size_t at = 0;
    for (; at + pair + kLanes < bytes.size(); at += kLanes) {
        if (!may_hold(bytes.data() + at + pair, first, second)) continue;
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            look_at(at + lane);
    }
    for (; at < bytes.size(); ++at)
        look_at(at);
}

// Of a signature that begins with zeros, which are everywhere, the last two bytes are the sign.
std::size_t telling_pair(const Signature& signature) {
    return signature.bytes.front() == '\0' ? signature.bytes.size() - 2 : 0;
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
    for (const Signature& signature : kSignatures) {
        each_candidate(bytes, signature.bytes, telling_pair(signature), [&](std::size_t at) {
            const std::uint64_t position = begin + at;
            if (position >= until || position + signature.size() <= passed_ ||
                position <= signature.from_start || !text.substr(at).starts_with(signature.bytes))
                return;
            const auto next = text.substr(at + signature.bytes.size(), 1);
            if (!signature.next.empty() && (next.empty() || !signature.next.contains(next[0]))) return;
            add({position - signature.from_start});
        });
    }
    search_zip(bytes, begin, until);
}

void SignatureSearch::search_zip(std::span<const std::uint8_t> bytes, std::uint64_t begin,
                                 std::uint64_t until) {
    const std::string_view text = text_of(bytes);
    each_candidate(bytes, kZipEntry, 0, [&](std::size_t at) {
        const std::uint64_t position = begin + at;
        if (position >= until || position + kZipEntry.size() <= passed_) return;
        const std::string_view sign = text.substr(at, kZipEntry.size());
        if (sign == kZipEntry && !in_zip_) {
            in_zip_ = true;
            open_zip_.reset();
            if (position == 0) return;
            add({position});
            if (!has_more_) open_zip_ = places_.size() - 1;
        } else if (sign == kZipEnd && in_zip_) {
            in_zip_ = false;
            if (open_zip_) places_[*open_zip_].end = position + kZipEndBytes;
        }
    });
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
