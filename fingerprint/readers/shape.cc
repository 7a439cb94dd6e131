// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/shape.h"

namespace modelward::fingerprint {
namespace {

constexpr unsigned kBits = 7;
constexpr std::uint8_t kMore = 1U << kBits;

}  // namespace

void Shape::set(std::span<const std::uint64_t> extents) {
    *this = {};
    std::size_t at = 0;
    for (std::uint64_t extent : extents) {
        do {
            if (at == encoded_.size()) {
                *this = {};
                count_ = 1;
                return;
            }
            const bool more = extent >= kMore;
            encoded_[at++] = static_cast<std::uint8_t>((extent & (kMore - 1U)) | (more ? kMore : 0U));
            extent >>= kBits;
        } while (extent != 0);
        ++count_;
    }
}

Shape::Extents Shape::extents() const {
    Extents extents;
    extents.reserve(count_);
    std::size_t at = 0;
    for (std::uint8_t i = 0; i < count_; ++i) {
        std::uint64_t extent = 0;
        for (unsigned shift = 0;; shift += kBits) {
            const std::uint8_t byte = encoded_[at++];
            extent |= std::uint64_t{byte} % kMore << shift;
            if (byte < kMore) break;
        }
        extents.push_back(extent);
    }
    return extents;
}

}  // namespace modelward::fingerprint
