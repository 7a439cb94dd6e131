// SPDX-License-Identifier: Apache-2.0
// The state of the pickle machine: values, stack, marks and memo, each within its limit. What a pickle does
// wrongly (taking from an empty stack) is refused through the cursor and gives None.
#pragma once

#include <span>
#include <unordered_map>

#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

class PickleStack {
  public:
    explicit PickleStack(HeaderCursor& cursor);

    const Pickle& pickle() const { return pickle_; }
    Pickle& pickle() { return pickle_; }

    void push(PickleValue value) { push(make(std::move(value))); }
    void push(PickleId id);
    void push_integer(std::int64_t number);
    void push_boolean(bool value) { push(value ? kTrue : kFalse); }
    void push_opaque() { push(kOpaque); }
    void push_empty_tuple() { push(kEmptyTuple); }

    PickleId pop();
    PickleId top() const;
    void push_mark();
    bool mark_is_on_top() const { return !marks_.empty() && marks_.back() == stack_.size(); }
    std::vector<PickleId> pop_to_mark();

    void memorise(std::uint64_t key);
    void memorise_next() { memorise(memo_entries_); }
    void recall(std::uint64_t key);

    // Adds to what a value holds.
    void append(PickleId to, std::span<const PickleId> items);

  private:
    // Immutable values that are made once.
    static constexpr PickleId kFalse = 1;
    static constexpr PickleId kTrue = 2;
    static constexpr PickleId kOpaque = 3;
    static constexpr PickleId kEmptyTuple = 4;
    static constexpr std::int64_t kSharedIntegers = 1024;

    PickleId make(PickleValue value);
    // False: `bytes` more are beyond kMaxPickleBytes.
    bool charge(std::size_t bytes);
    bool is_memorised(std::uint64_t key) const { return key < memo_.size() || scattered_memo_.contains(key); }

    HeaderCursor& cursor_;
    Pickle pickle_;
    std::vector<PickleId> stack_;
    std::vector<std::size_t> marks_;  // heights of the stack
    std::size_t charged_ = 0;
    // By its keys, which are counted up from 0; those that are not, apart.
    std::vector<PickleId> memo_;
    std::unordered_map<std::uint64_t, PickleId> scattered_memo_;
    std::size_t memo_entries_ = 0;
    std::unordered_map<std::int64_t, PickleId> integers_;
};

}  // namespace modelward::fingerprint
