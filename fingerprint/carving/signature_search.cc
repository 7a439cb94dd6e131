// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/carving/signature_search.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace modelward::fingerprint {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view bytes;
    std::size_t from_start;  // where in a model it stands
};

constexpr std::array kSignatures = {
    Signature{"\0\0\0\0{\""sv, 4},   // safetensors: the upper half of the header's length, and JSON
    Signature{"GGUF\1\0\0\0"sv, 0},  // with its version: programs and texts name the format
    Signature{"GGUF\2\0\0\0"sv, 0},
    Signature{"GGUF\3\0\0\0"sv, 0},
    Signature{"TFL3"sv, 4},
    Signature{"\x89HDF\r\n\x1a\n"sv, 0},
    // PyTorch before 1.6: a pickle of its magic number (torch/serialization.py, MAGIC_NUMBER).
    Signature{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"sv, 0},
    Signature{"PK\3\4"sv, 0},
};
// Every entry of a zip archive begins with it. What makes an archive of the entries is at the file's end, so
// that the first one is where it begins.
constexpr std::string_view kZip = "PK\3\4";

constexpr std::size_t kLanes = 16;
typedef std::uint8_t Lanes __attribute__((vector_size(kLanes)));

Lanes load(const std::uint8_t* at) {
    Lanes lanes;
    std::memcpy(&lanes, at, kLanes);
    return lanes;
}

// Whether one of the kLanes places from `at` on may hold the signature; reads kLanes + 1 bytes.
bool may_hold(const std::uint8_t* at, const Signature& signature, std::size_t pair) {
    const auto first = static_cast<std::uint8_t>(signature.bytes[pair]);
    const auto second = static_cast<std::uint8_t>(signature.bytes[pair + 1]);
    const auto both = (load(at) == first) & (load(at + 1) == second);
    std::array<std::uint64_t, 2> any;
    std::memcpy(any.data(), &both, kLanes);
    return (any[0] | any[1]) != 0;
}

// Of a signature that begins with zeros, which are everywhere, the last two bytes are the sign.
std::size_t telling_pair(const Signature& signature) {
    return signature.bytes.front() == '\0' ? signature.bytes.size() - 2 : 0;
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
    for (const Signature& signature : kSignatures) {
        const std::size_t size = signature.bytes.size(), pair = telling_pair(signature);
        if (signature.bytes == kZip && zip_found_) continue;
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const auto look_at = [&](std::size_t at) {
            if (text.substr(at, size) != signature.bytes) return;
            const std::uint64_t place = begin + at;
            if (place >= until || place + size <= passed_) return;
            if (signature.bytes == kZip && std::exchange(zip_found_, true)) return;
            if (place > signature.from_start) places_.push_back(place - signature.from_start);
        };
        std::size_t at = 0;
        for (; at + pair + kLanes < bytes.size() && !is_full(); at += kLanes) {
            if (!may_hold(bytes.data() + at + pair, signature, pair)) continue;
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                look_at(at + lane);
        }
        for (; at + size <= bytes.size() && !is_full(); ++at)
            look_at(at);
    }
}

std::vector<std::uint64_t> SignatureSearch::places() const {
    std::vector<std::uint64_t> sorted = places_;
    std::ranges::sort(sorted);
    return sorted;
}

}  // namespace modelward::fingerprint
