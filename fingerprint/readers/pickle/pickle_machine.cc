// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_machine.h"

#include <array>
#include <charconv>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/pickle/pickle_scanner.h"
#include "fingerprint/readers/pickle/pickle_stack.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

std::optional<std::int64_t> decimal(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end == text.data()) return std::nullopt;
    return number;
}

// Two's complement of any length; nullopt beyond 64 bits.
std::optional<std::int64_t> long_integer(std::string_view bytes) {
    if (bytes.size() > 8) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        number |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
    if (!bytes.empty() && bytes.size() < 8 && (bytes.back() & 0x80) != 0)
        number |= ~std::uint64_t{0} << (8 * bytes.size());
    return static_cast<std::int64_t>(number);
}

class Machine {
  public:
    Machine(HeaderCursor& cursor, const AfterBuild& after_build)
        : cursor_(cursor), after_build_(after_build), stack_(cursor) {}

    Pickle run() {
        while (cursor_.ok()) {
            const PickleInstruction next = next_instruction(cursor_);
            if (!cursor_.ok()) break;
            if (next.opcode == PickleOpcode::kStop) {
                stack_.pickle().root = stack_.pop();
                break;
            }
            if (!push_constant(next) && !use_memo(next) && !make_container(next)) change(next);
        }
        return std::move(stack_.pickle());
    }

  private:
    void push_number(std::optional<std::int64_t> number) {
        if (number) {
            stack_.push_integer(*number);
        } else {
            stack_.push_opaque();
        }
    }

    void push_text(const PickleInstruction& next, PickleKind kind) {
        if (next.data_bytes > kMaxNameBytes) kind = PickleKind::kBytes;
        stack_.push({.kind = kind, .offset = next.data_offset, .bytes = next.data_bytes, .text = next.text});
    }

    bool push_constant(const PickleInstruction& next) {
        using enum PickleOpcode;
        switch (next.opcode) {
            case kNone:
                stack_.push(kPickleNone);
                return true;
            case kNewTrue:
            case kNewFalse:
                stack_.push_boolean(next.opcode == kNewTrue);
                return true;
            case kInt:
                if (next.text == "00" || next.text == "01") {
                    stack_.push_boolean(next.text == "01");
                    return true;
                }
                [[fallthrough]];
            case kLong:
                push_number(decimal(next.text));
                return true;
            case kBinInt:
            case kBinInt1:
            case kBinInt2:
                stack_.push_integer(static_cast<std::int64_t>(next.number));
                return true;
            case kLong1:
            case kLong4:
                push_number(next.data_bytes > kMaxNameBytes ? std::nullopt : long_integer(next.text));
                return true;
            case kString:
                stack_.push({.kind = PickleKind::kText, .text = unquoted(next.text)});
                return true;
            case kUnicode:
            case kBinString:
            case kShortBinString:
            case kBinUnicode:
            case kShortBinUnicode:
            case kBinUnicode8:
                push_text(next, PickleKind::kText);
                return true;
            case kBinBytes:
            case kShortBinBytes:
            case kBinBytes8:
            case kByteArray8:
                push_text(next, PickleKind::kBytes);
                return true;
            case kFloat:
            case kBinFloat:
            case kExt1:
            case kExt2:
            case kExt4:
            case kNextBuffer:
                stack_.push_opaque();
                return true;
            default:
                return false;
        }
    }

    static std::string unquoted(const std::string& text) {
        return text.size() >= 2 ? text.substr(1, text.size() - 2) : text;
    }

    bool use_memo(const PickleInstruction& next) {
        using enum PickleOpcode;
        switch (next.opcode) {
            case kPut:
            case kGet:
                if (const auto key = decimal(next.text); key && *key >= 0) {
                    next.opcode == kPut ? stack_.memorise(*key) : stack_.recall(*key);
                } else {
                    cursor_.refuse(ErrorCode::kInvalid, "pickle: '" + next.text + "' is no memo entry");
                }
                return true;
            case kBinPut:
            case kLongBinPut:
                stack_.memorise(next.number);
                return true;
            case kMemoize:
                stack_.memorise_next();
                return true;
            case kBinGet:
            case kLongBinGet:
                stack_.recall(next.number);
                return true;
            default:
                return false;
        }
    }

    bool make_container(const PickleInstruction& next) {
        using enum PickleOpcode;
        switch (next.opcode) {
            case kEmptyTuple:
                stack_.push_empty_tuple();
                return true;
            case kTuple1:
                push_items(PickleKind::kTuple, pop_last(1));
                return true;
            case kTuple2:
                push_items(PickleKind::kTuple, pop_last(2));
                return true;
            case kTuple3:
                push_items(PickleKind::kTuple, pop_last(3));
                return true;
            case kTuple:
                push_items(PickleKind::kTuple, stack_.pop_to_mark());
                return true;
            case kEmptyList:
            case kEmptySet:
                push_items(PickleKind::kList, {});
                return true;
            case kList:
            case kFrozenSet:
                push_items(PickleKind::kList, stack_.pop_to_mark());
                return true;
            case kEmptyDict:
                push_items(PickleKind::kDict, {});
                return true;
            case kDict:
                push_items(PickleKind::kDict, pairs(stack_.pop_to_mark()));
                return true;
            default:
                return false;
        }
    }

    void push_items(PickleKind kind, std::vector<PickleId> items) {
        stack_.push({.kind = kind, .items = std::move(items)});
    }

    std::vector<PickleId> pop_last(std::size_t count) {
        std::vector<PickleId> items(count);
        while (count-- > 0)
            items[count] = stack_.pop();
        return items;
    }

    static std::vector<PickleId> pairs(std::vector<PickleId> items) {
        if (items.size() % 2 != 0) items.pop_back();
        return items;
    }

    // What changes the top of the stack or calls something.
    void change(const PickleInstruction& next) {
        using enum PickleOpcode;
        switch (next.opcode) {
            case kMark:
                return stack_.push_mark();
            case kPop:
                pop_value_or_mark();
                return;
            case kPopMark:
                stack_.pop_to_mark();
                return;
            case kDup:
                return stack_.push(stack_.top());
            case kAppend:
                return add_elements({stack_.pop()});
            case kAppends:
            case kAddItems:
                return add_elements(stack_.pop_to_mark());
            case kSetItem:
                return add_pairs(pop_last(2));
            case kSetItems:
                return add_pairs(pairs(stack_.pop_to_mark()));
            case kBuild:
                return build();
            case kPersId:
                return push_persistent(next.text);
            case kBinPersId:
                return push_items(PickleKind::kPersistent, {stack_.pop()});
            default:
                return call(next);
        }
    }

    void pop_value_or_mark() {
        if (stack_.mark_is_on_top()) {
            stack_.pop_to_mark();
        } else {
            stack_.pop();
        }
    }

    void push_persistent(const std::string& identity) {
        stack_.push({.kind = PickleKind::kText, .text = identity});
        push_items(PickleKind::kPersistent, {stack_.pop()});
    }

    void call(const PickleInstruction& next) {
        using enum PickleOpcode;
        switch (next.opcode) {
            case kGlobal:
                return push_global(next.text, next.second_line);
            case kStackGlobal: {
                const auto names = pop_last(2);
                return push_global(stack_.pickle()[names[0]].text, stack_.pickle()[names[1]].text);
            }
            case kReduce:
            case kNewObj: {
                const auto parts = pop_last(2);
                return push_object(parts[0], parts[1]);
            }
            case kNewObjEx: {
                const auto parts = pop_last(3);
                push_object(parts[0], parts[1]);
                stack_.pickle().values[stack_.top()].state = parts[2];  // the keyword arguments
                return;
            }
            case kObj:
            case kInst: {
                std::vector<PickleId> arguments = stack_.pop_to_mark();
                PickleId callable = kPickleNone;
                if (next.opcode == kInst) {
                    push_global(next.text, next.second_line);
                    callable = stack_.pop();
                } else if (!arguments.empty()) {
                    callable = arguments.front();
                    arguments.erase(arguments.begin());
                }
                push_items(PickleKind::kTuple, std::move(arguments));
                return push_object(callable, stack_.pop());
            }
            default:  // protocol, frame and read-only buffer say nothing about the values
                return;
        }
    }

    void push_global(const std::string& module, const std::string& name) {
        stack_.push({.kind = PickleKind::kGlobal, .text = module + "." + name});
    }

    void push_object(PickleId callable, PickleId arguments) {
        stack_.push({.kind = PickleKind::kObject, .callable = callable, .arguments = arguments});
    }

    void add_elements(const std::vector<PickleId>& elements) {
        const PickleId container = stack_.top();
        const PickleKind kind = stack_.pickle()[container].kind;
        if (kind == PickleKind::kList) {
            stack_.append(container, elements);
        } else if (kind == PickleKind::kObject) {
            for (const PickleId element : elements)
                stack_.append(container, std::array{kPickleNone, element});
        }
    }

    void add_pairs(const std::vector<PickleId>& items) {
        const PickleId container = stack_.top();
        const PickleKind kind = stack_.pickle()[container].kind;
        if (kind == PickleKind::kDict || kind == PickleKind::kObject) stack_.append(container, items);
    }

    void build() {
        const PickleId state = stack_.pop();
        const PickleId built = stack_.top();
        if (!cursor_.ok()) return;
        PickleValue& value = stack_.pickle().values[built];
        if (value.kind == PickleKind::kObject || value.kind == PickleKind::kDict) {
            if (value.state == kPickleNone) {
                value.state = state;
            } else {
                stack_.append(built, std::array{kPickleNone, state});
            }
        }
        if (after_build_) after_build_(stack_.pickle(), built);
    }

    HeaderCursor& cursor_;
    const AfterBuild& after_build_;
    PickleStack stack_;
};

}  // namespace

Pickle read_pickle(HeaderCursor& cursor, const AfterBuild& after_build) {
    return Machine(cursor, after_build).run();
}

}  // namespace modelward::fingerprint
