// SPDX-License-Identifier: Apache-2.0
// A rule as it was written and found correct: what the parser makes and the compiler and the plain evaluator
// read.
//
// A rule asks about one operation on one thing. A thing may be of several classes and kinds at once (a
// process that read two models); the condition holds for the thing when it holds for one of its classes with
// one of its kinds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/domain.h"
#include "rules/policy.h"
#include "rules/prefix.h"

namespace modelward::rules {

enum class Field : std::uint8_t {
    kArtifactClass,
    kArtifactKind,
    kSinkKind,
    kDestinationIp,
    kDestinationPort,
    kUserId,
    kProcessExecutable,
    kProcessPackage,
    kDestinationDomain
};

enum class Category : std::uint8_t { kAccess, kEgress };

// "field: [a, b]": the field has one of the values.
struct FieldTest {
    Field field;
    int line;
    int column;
    // Class and kind numbers, Operation, port or uid.
    std::vector<std::uint32_t> numbers;
    std::vector<std::string> paths;  // kProcessExecutable, kProcessPackage: program_name.h
    // kDestinationIp: the address is in one of these. Lists are shared between all rules that name them.
    std::vector<std::shared_ptr<const PrefixSet>> destinations;
    // kDestinationDomain: the name is in one of these, likewise.
    std::vector<std::shared_ptr<const DomainSet>> domains{};
};

// All of its tests hold.
using SelectionMap = std::vector<FieldTest>;

// One of its maps holds.
struct Selection {
    std::string name;
    int line;
    int column;
    std::vector<SelectionMap> maps;
};

// The condition. kSelection has an index into ParsedRule::selections; kNot one child; kAnd and kOr one or
// more.
struct Expression {
    enum class Type : std::uint8_t { kSelection, kNot, kAnd, kOr };
    Type type;
    std::size_t selection = 0;
    int line = 0;
    int column = 0;
    std::vector<Expression> children;
};

// What is asked about, in the terms of policy.h. Classes and kinds are bit masks of their numbers; a labelled
// thing has at least one of each. Destination and port mean something where has_destination() only, the
// domain where has_domain().
struct Facts {
    Operation operation = Operation::kRead;
    std::uint16_t classes = 0;
    std::uint8_t kinds = 0;
    Address destination{};
    std::uint16_t port = 0;
    std::uint32_t user_id = 0;
    std::string program{};          // one of the names that rules give it
    std::string script{};           // likewise, that the process was started as by "#!"; empty: as none
    std::string domain{};           // of the destination, as parse_domain() has it; empty: not known
    bool domain_by_answer = false;  // only a DNS answer says so, not the connection
};

// One entry of modelward.tests: what this rule alone must decide.
struct RuleTest {
    std::string name;
    int line;
    int column;
    Facts facts;
    std::uint64_t bytes;
    Action expected;
};

struct ParsedRule {
    std::string document;
    int line = 1;  // of the condition
    int column = 1;
    std::string id;
    std::string title;
    Level level = Level::kMedium;
    Category category = Category::kEgress;
    Action action = Action::kAlert;
    int priority = 100;  // the lower goes first among rules of the same action
    std::uint64_t budget_bytes = 0;
    std::uint32_t window_seconds = 0;
    std::uint64_t rate_bytes = 0;  // of kThrottle
    std::uint8_t per = kPerUser;
    std::string message;
    std::vector<Selection> selections;
    Expression condition{Expression::Type::kSelection, 0, 0, 0, {}};
    std::vector<RuleTest> tests;
};

// The order of precedence: allow, kill, block, throttle, alert; then priority, title and id.
bool goes_before(const ParsedRule& a, const ParsedRule& b);

}  // namespace modelward::rules
