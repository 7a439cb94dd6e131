// SPDX-License-Identifier: Apache-2.0
// Finds where models may begin in bytes that pass by in blocks: a file need not begin with the model that it
// holds. Cheap enough to run beside the chunker: two neighbouring bytes of each signature are compared for
// sixteen places at once, and only where they agree is the whole signature looked at.
//
// Formats without a signature (ONNX, raw tensors) cannot be found this way.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace modelward::fingerprint {

// Where a model may be. Only of a zip archive is it known where it ends.
struct Place {
    std::uint64_t begin;
    std::uint64_t end = ~std::uint64_t{0};
    bool operator==(const Place&) const = default;
};

inline constexpr std::size_t kMostPlaces = 64;

class SignatureSearch {
  public:
    // The next bytes, from the file's first one on.
    void push(std::span<const std::uint8_t> block);

    // By their begin; 0 is not among them. The first kMostPlaces that were found.
    std::vector<Place> places() const;
    // Whether there were more.
    bool has_more() const { return has_more_; }

  private:
    static constexpr std::size_t kKept = 16;  // no signature is longer

    void search(std::span<const std::uint8_t> bytes, std::uint64_t begin, std::uint64_t until);
    void look_at(std::string_view text, std::uint64_t position);
    void add(const Place& place);

    std::array<std::uint8_t, kKept> kept_{};  // the end of what has passed
    std::size_t kept_bytes_ = 0;
    std::uint64_t passed_ = 0;
    std::vector<Place> places_;
    bool has_more_ = false;
    bool in_zip_ = false;
    std::optional<std::size_t> open_zip_;  // its number among the places; nullopt: it is none of them
};

}  // namespace modelward::fingerprint
