// SPDX-License-Identifier: Apache-2.0
// The extents of a tensor, outermost first, in 24 bytes: a table has up to 2^18 of them, and a list of its
// own for each would be most of what the table takes.
//
// An extent takes a byte for each seven bits. Those of eight dimensions with fewer than 2^63 elements always
// have room; what has none becomes {0}, as only a tensor without elements can.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace modelward::fingerprint {

class Shape {
  public:
    using Extents = std::vector<std::uint64_t>;

    Shape() = default;
    // NOLINTBEGIN(google-explicit-constructor): it is a list of extents, only smaller.
    Shape(const Extents& extents) { set(extents); }
    Shape(std::initializer_list<std::uint64_t> extents) { set({extents.begin(), extents.size()}); }
    operator Extents() const { return extents(); }
    // NOLINTEND(google-explicit-constructor)

    Extents extents() const;
    bool operator==(const Shape&) const = default;

  private:
    void set(std::span<const std::uint64_t> extents);

    std::uint8_t count_ = 0;
    std::array<std::uint8_t, 23> encoded_{};
};

}  // namespace modelward::fingerprint
