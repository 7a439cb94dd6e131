// SPDX-License-Identifier: Apache-2.0
// What a pickle would build, as plain data. Values refer to each other by number; they may be shared and may
// form cycles, so whoever walks them must mark where it has been.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace modelward::fingerprint {

enum class PickleKind : std::uint8_t {
    kOpaque,  // something that nobody asks about: a float, a long integer
    kNone,
    kBoolean,
    kInteger,
    kText,   // str, and the str of Python 2, which was bytes
    kBytes,  // bytes and bytearray; text too long for a name
    kTuple,
    kList,  // and sets
    kDict,
    kGlobal,      // a class or function
    kPersistent,  // what the loader gets by an identity: a storage of PyTorch
    kObject,      // the result of a call, unknown because nothing is called
};

using PickleId = std::uint32_t;
inline constexpr PickleId kPickleNone = 0;

struct PickleValue {
    PickleKind kind = PickleKind::kOpaque;
    std::int64_t number = 0;        // kInteger, kBoolean
    std::uint64_t offset = 0;       // kText, kBytes: where the data lies in the source
    std::uint64_t bytes = 0;        // and how long it is
    std::string text{};             // kText; kGlobal: "module.name"
    std::vector<PickleId> items{};  // kTuple, kList: the elements; kDict, kObject: key, value, key, value ...
                                    // (the key of an appended element is None); kPersistent: the identity
    PickleId callable = kPickleNone;   // kObject
    PickleId arguments = kPickleNone;  // kObject
    PickleId state = kPickleNone;      // what BUILD gave to an object
};

struct Pickle {
    std::deque<PickleValue> values;  // values[kPickleNone] is None; grows without a copy
    PickleId root = kPickleNone;

    const PickleValue& operator[](PickleId id) const { return values[id]; }
};

}  // namespace modelward::fingerprint
