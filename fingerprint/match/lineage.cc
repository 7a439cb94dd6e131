// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/lineage.h"

#include <bit>
#include <cmath>

namespace modelward::fingerprint {

void Lineage::add(Bits file, Bits ours, Bits base) {
    for (std::size_t word = 0; word < file.size(); ++word) {
        const std::uint64_t differ = ours[word] ^ base[word];
        bits_ += static_cast<std::uint64_t>(std::popcount(differ));
        ours_ += static_cast<std::uint64_t>(std::popcount(differ & ~(file[word] ^ ours[word])));
    }
}

void Lineage::add(const Lineage& more) {
    bits_ += more.bits_;
    ours_ += more.ours_;
}

double Lineage::score() const {
    if (bits_ == 0) return 0;
    const auto bits = static_cast<double>(bits_);
    return (static_cast<double>(ours_) - bits / 2) / (std::sqrt(bits) / 2);
}

}  // namespace modelward::fingerprint
