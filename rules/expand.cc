// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "rules/box.h"
#include "rules/fields.h"
#include "rules/join_boxes.h"

namespace modelward::rules {
namespace {

constexpr std::uint8_t kWithDestination = (1U << static_cast<unsigned>(Operation::kNetwork)) |
                                          (1U << static_cast<unsigned>(Operation::kNetworkFilesystem));
constexpr std::uint8_t kWithName = 1U << static_cast<unsigned>(Operation::kNetwork);
constexpr std::uint8_t kReadOnly = 1U << static_cast<unsigned>(Operation::kRead);
constexpr std::uint8_t kSinks = ((1U << kOperations) - 1) & ~kReadOnly;

// Bounds on the work that one condition may cost, beyond which it would not fit kMaxRules either.
constexpr std::size_t kMaxBeforeJoin = 4 * kMaxRules;
constexpr std::size_t kMaxProducts = kMaxRules * kMaxRules * 4;

template <typename T>
T mask(const FieldTest& test, bool negated) {
    T bits = 0;
    for (const std::uint32_t number : test.numbers)
        bits = static_cast<T>(bits | (1U << number));
    return negated ? static_cast<T>(~bits) : bits;
}

template <typename T>
ValueSet<T> values(const FieldTest& test, bool negated) {
    std::set<T> numbers;
    for (const std::uint32_t number : test.numbers)
        numbers.insert(static_cast<T>(number));
    return {std::move(numbers), negated};
}

Box box_of(const FieldTest& test, bool negated) {
    Box box;
    switch (test.field) {
        case Field::kArtifactClass:
            box.classes = mask<std::uint16_t>(test, negated);
            break;
        case Field::kArtifactKind:
            box.kinds = mask<std::uint8_t>(test, negated);
            break;
        case Field::kSinkKind:
            box.operations &= mask<std::uint8_t>(test, negated);
            break;
        case Field::kDestinationIp:
            box.destinations.push_back({&test, negated});
            break;
        case Field::kDestinationDomain:
            box.domains.push_back({&test, negated});
            break;
        case Field::kDestinationPort:
            box.ports = values<std::uint16_t>(test, negated);
            break;
        case Field::kUserId:
            box.users = values<std::uint32_t>(test, negated);
            break;
        case Field::kProcessExecutable:
        case Field::kProcessPackage:
            box.programs = {{test.paths.begin(), test.paths.end()}, negated};
            break;
    }
    if (field_info(test.field).needs_destination) box.network_field = &test;
    return box;
}

// "user.id and destination.port", for the reason; and the condition that says the same, for the fix.
std::string names_of(const SelectionMap& map) {
    std::string text;
    for (std::size_t i = 0; i < map.size(); ++i) {
        if (i > 0) text += i + 1 == map.size() ? " and " : ", ";
        text += field_info(map[i].field).name;
    }
    return text;
}

std::string split_fix(const std::string& name, std::size_t count) {
    std::string list;
    std::string condition;
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string part = name + "_" + std::to_string(i);
        list += (i == 1 ? "" : ", ") + part;
        condition += (i == 1 ? "not " : " or not ") + part;
    }
    return "give each field a selection of its own (" + list + ") and write '(" + condition + ")'";
}

// Negation is pushed down to the selections (De Morgan), then the boxes of the parts are united or multiplied
// out.
class Expander {
  public:
    Expander(Reporter& report, const ParsedRule& rule) : report_(report), rule_(rule) {}

    std::optional<std::vector<Box>> expand(const Expression& expression, bool negated) {
        switch (expression.type) {
            case Expression::Type::kNot:
                return expand(expression.children.front(), !negated);
            case Expression::Type::kSelection:
                return selection(expression, negated);
            case Expression::Type::kAnd:
            case Expression::Type::kOr:
                break;
        }
        const bool product = (expression.type == Expression::Type::kAnd) != negated;
        std::vector<Box> result;
        if (product) result.emplace_back();
        for (const Expression& child : expression.children) {
            const std::optional<std::vector<Box>> part = expand(child, negated);
            if (!part) return std::nullopt;
            if (!combine(result, *part, product, expression)) return std::nullopt;
        }
        return result;
    }

  private:
    std::optional<std::vector<Box>> selection(const Expression& expression, bool negated) {
        const Selection& chosen = rule_.selections[expression.selection];
        std::vector<Box> result;
        if (negated) result.emplace_back();
        for (const SelectionMap& map : chosen.maps) {
            if (negated && map.size() > 1) {
                report_.add(
                    expression.line, expression.column,
                    "condition negates '" + chosen.name + "', which tests several fields: " + names_of(map),
                    split_fix(chosen.name, map.size()));
                return std::nullopt;
            }
            Box box;
            for (const FieldTest& test : map)
                box = box & box_of(test, negated);
            if (!combine(result, {std::move(box)}, negated, expression)) return std::nullopt;
        }
        return result;
    }

    // Multiplies or unites, drops what can never hold and, if too much is left, joins: the limit is on the
    // rest.
    bool combine(std::vector<Box>& result, const std::vector<Box>& part, bool product, const Expression& at) {
        std::vector<Box> next;
        bool fits = true;
        if (product) {
            products_ += result.size() * part.size();
            fits = products_ <= kMaxProducts && multiply(result, part, next);
        } else {
            next = std::move(result);
            next.insert(next.end(), part.begin(), part.end());
        }
        if (fits && next.size() > kMaxRules) join_boxes(next);
        if (!fits || next.size() > kMaxRules) {
            report_.add(at.line, at.column,
                        "condition becomes more than " + std::to_string(kMaxRules) + " kernel rules",
                        "use fewer alternatives, or several rules");
            return false;
        }
        result = std::move(next);
        return true;
    }

    static bool multiply(const std::vector<Box>& left, const std::vector<Box>& right,
                         std::vector<Box>& into) {
        for (const Box& a : left) {
            for (const Box& b : right) {
                Box both = a & b;
                if (both.empty()) continue;
                if (into.size() == kMaxBeforeJoin) return false;
                into.push_back(std::move(both));
            }
        }
        return true;
    }

    Reporter& report_;
    const ParsedRule& rule_;
    std::size_t products_ = 0;
};

bool check_sinks(Reporter& report, const std::vector<Box>& boxes) {
    for (const Box& box : boxes) {
        if (box.network_field == nullptr || (box.operations & ~kWithDestination) == 0) continue;
        report.add(box.network_field->line, box.network_field->column,
                   in_quotes(field_info(box.network_field->field).name) +
                       " is asked of a sink that may have no destination",
                   "add 'sink.kind: network' to the selection");
        return false;
    }
    return true;
}

// `outer` holds for all addresses but those that it names, whatever `box` asks besides addresses and names.
bool shuts_all_but_named(const Box& outer, Box box) {
    Box other = outer;
    other.destinations.clear();
    box.destinations.clear();
    box.domains.clear();
    const auto is_negated = [](const FieldAnswer& test) { return test.negated; };
    return outer.domains.empty() && !outer.destinations.empty() &&
           std::ranges::all_of(outer.destinations, is_negated) && (other & box) == box;
}

// What `box` lets through by a name goes to addresses that the rule names too.
bool is_bound(const Box& box, const std::vector<Box>& boxes, Action action) {
    const bool named =
        std::ranges::any_of(box.destinations, [](const FieldAnswer& test) { return !test.negated; });
    return named || (action != Action::kAllow && std::ranges::any_of(boxes, [&](const Box& outer) {
                         return shuts_all_but_named(outer, box);
                     }));
}

// A name is what the sender says. Where it lets something through, whoever invents it reaches any address:
// the rule has to name the address as well (a proxy's, that goes where it is told).
bool check_names(Reporter& report, const ParsedRule& rule, const std::vector<Box>& boxes) {
    for (const Box& box : boxes) {
        for (const FieldAnswer& name : box.domains) {
            if ((box.operations & ~kWithName) != 0) {
                report.add(name.test->line, name.test->column,
                           "'destination.domain' is asked of a sink whose destination has no name",
                           "add 'sink.kind: network' to the selection");
                return false;
            }
            const bool lets_through =
                rule.action == Action::kAllow || (name.negated && rule.action != Action::kAlert);
            if (!lets_through || is_bound(box, boxes, rule.action)) continue;
            report.add(
                name.test->line, name.test->column,
                "'destination.domain' would open every address: the sender says the name, and may "
                "invent it",
                "add the 'destination.ip' of the proxy that goes to that name to the same selection, or "
                "block the names that are unwanted");
            return false;
        }
    }
    return true;
}

// A rate slows down what is sent in pieces; a write to a file that is refused for now is an error to its
// program.
constexpr std::uint8_t kSent =
    (1U << static_cast<unsigned>(Operation::kNetwork)) | (1U << static_cast<unsigned>(Operation::kBluetooth));

bool check_meter(Reporter& report, const ParsedRule& rule, const std::vector<Box>& boxes) {
    const auto reaches = [&](std::uint8_t sinks) {
        return std::ranges::any_of(boxes, [&](const Box& box) { return (box.operations & sinks) != 0; });
    };
    if (rule.action == Action::kThrottle && reaches(static_cast<std::uint8_t>(~kSent))) {
        report.add(rule.line, rule.column,
                   "a throttle rule holds for a sink whose bytes are not sent in pieces",
                   "add 'sink.kind: network' or 'sink.kind: bluetooth' to a selection, or use block");
        return false;
    }
    if ((rule.per & kPerDestinationGroup) != 0 && reaches(static_cast<std::uint8_t>(~kWithDestination))) {
        report.add(
            rule.line, rule.column,
            "a budget per destination-group belongs to a rule that holds for a sink without destination",
            "add 'sink.kind: network' to a selection");
        return false;
    }
    return true;
}

}  // namespace

std::optional<std::vector<Box>> expand(Reporter& report, const ParsedRule& rule) {
    std::optional<std::vector<Box>> boxes = Expander(report, rule).expand(rule.condition, false);
    if (!boxes) return std::nullopt;
    for (Box& box : *boxes)
        box.operations &= rule.category == Category::kAccess ? kReadOnly : kSinks;
    std::erase_if(*boxes, &Box::empty);
    if (boxes->empty()) {
        report.add(rule.line, rule.column, "condition can never hold",
                   "one value of a field excludes another: use 'or'");
        return std::nullopt;
    }
    if (!check_sinks(report, *boxes)) return std::nullopt;  // first: joined boxes may no longer ask the field
    if (!check_names(report, rule, *boxes)) return std::nullopt;
    if (!check_meter(report, rule, *boxes)) return std::nullopt;
    join_boxes(*boxes);
    return boxes;
}

}  // namespace modelward::rules
