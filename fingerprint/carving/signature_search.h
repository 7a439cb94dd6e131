// SPDX-License-Identifier: Apache-2.0
// Finds where models may begin in bytes that pass by in blocks: a file need not begin with the model that it
// holds. Cheap enough to run beside the chunker: two neighbouring bytes of each signature are compared for
// sixteen places at once, and only where they agree is the whole signature looked at.
//
// Formats without a signature (ONNX, raw tensors) cannot be found this way.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace modelward::fingerprint {

// A file with more places is looked into at the first ones only.
inline constexpr std::size_t kMostPlaces = 64;

class SignatureSearch {
  public:
    // The next bytes, from the file's first one on.
    void push(std::span<const std::uint8_t> block);

    // Offsets at which a model may begin, ascending; 0 is not among them.
    std::vector<std::uint64_t> places() const;
    // From here on nothing more is looked for.
    bool is_full() const { return places_.size() >= kMostPlaces; }

  private:
    static constexpr std::size_t kKept = 16;  // no signature is longer

    void search(std::span<const std::uint8_t> bytes, std::uint64_t begin, std::uint64_t until);

    std::array<std::uint8_t, kKept> kept_{};  // the end of what has passed
    std::size_t kept_bytes_ = 0;
    std::uint64_t passed_ = 0;
    std::vector<std::uint64_t> places_;
    bool zip_found_ = false;
};

}  // namespace modelward::fingerprint
