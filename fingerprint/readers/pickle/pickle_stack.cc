// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_stack.h"

#include "fingerprint/readers/pickle/pickle_machine.h"

namespace modelward::fingerprint {

PickleStack::PickleStack(HeaderCursor& cursor) : cursor_(cursor) {
    using enum PickleKind;
    make({.kind = kNone});
    make({.kind = kBoolean});
    make({.kind = kBoolean, .number = 1});
    make({.kind = PickleKind::kOpaque});
    make({.kind = kTuple});
}

PickleId PickleStack::make(PickleValue value) {
    if (pickle_.values.size() == kMaxPickleValues) {
        cursor_.refuse(ErrorCode::kLimit,
                       "pickle: more than " + std::to_string(kMaxPickleValues) + " values");
        return kPickleNone;
    }
    pickle_.values.push_back(std::move(value));
    return static_cast<PickleId>(pickle_.values.size() - 1);
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
    if (memo_.size() == kMaxPickleMemo) {
        cursor_.refuse(ErrorCode::kLimit,
                       "pickle: more than " + std::to_string(kMaxPickleMemo) + " memo entries");
        return;
    }
    memo_.insert_or_assign(key, top());
}

void PickleStack::recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) {
        cursor_.refuse(ErrorCode::kInvalid, "pickle: memo entry " + std::to_string(key) + " does not exist");
        return;
    }
    push(found->second);
}

}  // namespace modelward::fingerprint
