// SPDX-License-Identifier: Apache-2.0
// Any bytes as numbers: the landmarks are the same however the bytes are cut.
#include <algorithm>
#include <cstdlib>

#include "fingerprint/landmarks/landmark_stream.h"

namespace {

using namespace modelward::fingerprint;

std::vector<std::uint64_t> landmarks_of(std::span<const std::uint8_t> bytes, std::size_t piece) {
    std::vector<std::uint64_t> hashes;
    LandmarkStream stream([&](const Landmarks& found) { hashes.push_back(found.hash); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        stream.push(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    stream.finish();
    return hashes;
}

}  // namespace

// The input over and over: so that few bytes are many numbers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kBytes = 3 * kNumberBlock + 4097;
    if (size == 0) return 0;
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < kBytes)
        bytes.insert(bytes.end(), data, data + std::min(size, kBytes - bytes.size()));
    const auto whole = landmarks_of(bytes, bytes.size());
    if (landmarks_of(bytes, 1000 + data[0]) != whole || whole.size() > kBytes / 2 / kReach) std::abort();
    return 0;
}
