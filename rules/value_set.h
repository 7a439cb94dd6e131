// SPDX-License-Identifier: Apache-2.0
// A set of numbers, or everything but a set of numbers: ports and users of a kernel rule. Starts as
// everything.
#pragma once

#include <algorithm>
#include <iterator>
#include <set>

namespace modelward::rules {

template <typename T>
class ValueSet {
  public:
    ValueSet() = default;
    ValueSet(std::set<T> values, bool complement) : values_(std::move(values)), complement_(complement) {}

    bool contains(T value) const { return values_.contains(value) != complement_; }
    bool empty() const { return values_.empty() && !complement_; }
    bool everything() const { return values_.empty() && complement_; }
    bool complement() const { return complement_; }  // contains what values() does not name
    const std::set<T>& values() const { return values_; }
    bool operator==(const ValueSet&) const = default;

    ValueSet inverted() const { return {values_, !complement_}; }

    friend ValueSet operator&(const ValueSet& a, const ValueSet& b) {
        std::set<T> result;
        const auto out = std::inserter(result, result.end());
        if (a.complement_ && b.complement_) {
            std::ranges::set_union(a.values_, b.values_, out);
            return {std::move(result), true};
        }
        if (!a.complement_ && !b.complement_) {
            std::ranges::set_intersection(a.values_, b.values_, out);
        } else {
            const ValueSet& named = a.complement_ ? b : a;
            const ValueSet& excluded = a.complement_ ? a : b;
            std::ranges::set_difference(named.values_, excluded.values_, out);
        }
        return {std::move(result), false};
    }
    friend ValueSet operator|(const ValueSet& a, const ValueSet& b) {
        return (a.inverted() & b.inverted()).inverted();
    }

  private:
    std::set<T> values_;
    bool complement_ = true;
};

}  // namespace modelward::rules
