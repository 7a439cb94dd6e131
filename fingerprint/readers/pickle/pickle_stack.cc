// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_stack.h"

#include <algorithm>

#include "fingerprint/readers/pickle/pickle_machine.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kInPlace = 15;                      // of a string
constexpr std::size_t kAllocation = 16;                   // what the C library adds to one
constexpr std::size_t kScatteredEntry = 64;               // of the memo
constexpr std::size_t kMemoEntry = 2 * sizeof(PickleId);  // where the memo has just grown

}  // namespace

PickleStack::PickleStack(HeaderCursor& cursor) : cursor_(cursor) {
    using enum PickleKind;
    make({.kind = kNone});
    make({.kind = kBoolean});
    make({.kind = kBoolean, .number = 1});
    make({.kind = PickleKind::kOpaque});
    make({.kind = kTuple});
}

bool PickleStack::charge(std::size_t bytes) {
    if (bytes > kMaxPickleBytes - charged_) {
        cursor_.refuse(ErrorCode::kLimit,
                       "pickle: its values take more than " + std::to_string(kMaxPickleBytes) + " bytes");
        return false;
    }
    charged_ += bytes;
    return true;
}

PickleId PickleStack::make(PickleValue value) {
    std::size_t bytes = sizeof value;
    if (value.text.size() > kInPlace) bytes += value.text.capacity() + kAllocation;
    if (!value.items.empty()) bytes += value.items.capacity() * sizeof(PickleId) + kAllocation;
    if (!charge(bytes)) return kPickleNone;
    pickle_.values.push_back(std::move(value));
    return static_cast<PickleId>(pickle_.values.size() - 1);
}

void PickleStack::append(PickleId to, std::span<const PickleId> items) {
    std::vector<PickleId>& held = pickle_.values[to].items;
    const std::size_t wanted = held.size() + items.size();
    if (wanted > held.capacity()) {
        // Twice as much each time, as the library does by itself; what is given back is not counted.
        const std::size_t grown = std::max(wanted, 2 * held.capacity());
        if (!charge(grown * sizeof(PickleId) + (held.capacity() == 0 ? kAllocation : 0))) return;
        held.reserve(grown);
    }
    held.insert(held.end(), items.begin(), items.end());
}

void PickleStack::push(PickleId id) {
    if (stack_.size() == kMaxPickleStack) {
        cursor_.refuse(ErrorCode::kLimit,
                       "pickle: the stack is deeper than " + std::to_string(kMaxPickleStack));
        return;
    }
    stack_.push_back(id);
}

void PickleStack::push_integer(std::int64_t number) {
    PickleValue value{.kind = PickleKind::kInteger, .number = number};
    if (number < 0 || number >= kSharedIntegers) return push(std::move(value));
    auto [shared, is_new] = integers_.try_emplace(number, kPickleNone);
    if (is_new) shared->second = make(std::move(value));
    push(shared->second);
}

PickleId PickleStack::pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) {
        cursor_.refuse(ErrorCode::kInvalid, "pickle: takes a value from an empty stack");
        return kPickleNone;
    }
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
}

PickleId PickleStack::top() const {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() > floor) return stack_.back();
    cursor_.refuse(ErrorCode::kInvalid, "pickle: looks at an empty stack");
    return kPickleNone;
}

void PickleStack::push_mark() {
    if (marks_.size() == kMaxPickleMarks) {
        cursor_.refuse(ErrorCode::kLimit,
                       "pickle: more than " + std::to_string(kMaxPickleMarks) + " marks are open");
        return;
    }
    marks_.push_back(stack_.size());
}

std::vector<PickleId> PickleStack::pop_to_mark() {
    if (marks_.empty()) {
        cursor_.refuse(ErrorCode::kInvalid, "pickle: there is no mark on the stack");
        return {};
    }
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
}

void PickleStack::memorise(std::uint64_t key) {
    const bool is_next = key == memo_.size();
    if (!is_memorised(key)) {
        if (memo_entries_ == kMaxPickleMemo) {
            cursor_.refuse(ErrorCode::kLimit,
                           "pickle: more than " + std::to_string(kMaxPickleMemo) + " memo entries");
            return;
        }
        if (!charge(is_next ? kMemoEntry : kScatteredEntry)) return;
        ++memo_entries_;
    }
    if (is_next)
        memo_.push_back(top());
    else if (key < memo_.size())
        memo_[key] = top();
    else
        scattered_memo_.insert_or_assign(key, top());
}

void PickleStack::recall(std::uint64_t key) {
    if (key < memo_.size()) return push(memo_[key]);
    const auto found = scattered_memo_.find(key);
    if (found == scattered_memo_.end()) {
        cursor_.refuse(ErrorCode::kInvalid, "pickle: memo entry " + std::to_string(key) + " does not exist");
        return;
    }
    push(found->second);
}

}  // namespace modelward::fingerprint
