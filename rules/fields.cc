// SPDX-License-Identifier: Apache-2.0
#include "rules/fields.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "rules/address_values.h"
#include "rules/domain_values.h"
#include "rules/limits.h"
#include "rules/program_name.h"
#include "rules/suggest.h"

namespace modelward::rules {
namespace {

constexpr std::array<std::string_view, 2> kDestinationModifiers{"cidr", "expand"};

constexpr std::array<std::string_view, 2> kDomainModifiers{"endswith", "expand"};

constexpr std::array<FieldInfo, 9> kFields{{
    {Field::kArtifactClass, "artifact.class", {}, false, false},
    {Field::kArtifactKind, "artifact.kind", {}, false, false},
    {Field::kSinkKind, "sink.kind", {}, true, false},
    {Field::kDestinationIp, "destination.ip", kDestinationModifiers, true, true},
    {Field::kDestinationPort, "destination.port", {}, true, true},
    {Field::kUserId, "user.id", {}, false, false},
    {Field::kProcessExecutable, "process.executable", {}, false, false},
    {Field::kProcessPackage, "process.package", {}, false, false},
    {Field::kDestinationDomain, "destination.domain", kDomainModifiers, true, true},
}};

constexpr auto kFieldNames = [] {
    std::array<std::string_view, kFields.size()> names;
    std::ranges::transform(kFields, names.begin(), &FieldInfo::name);
    return names;
}();

const auto kSinks = [] {
    std::array<std::string_view, kOperations - 1> names;
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = to_string(static_cast<Operation>(i + 1));
    return names;
}();

// A key of a selection, taken apart at its first '|'.
struct Key {
    const FieldInfo* field;
    std::string_view modifier;
};

std::optional<Key> parse_key(Reporter& report, const YamlNode& key, Category category) {
    const std::string_view text = key.text;
    const std::size_t bar = text.find('|');
    const std::string_view name = text.substr(0, bar);
    const std::string_view modifier = bar == std::string_view::npos ? "" : text.substr(bar + 1);
    const FieldInfo* field = find_field(name);
    if (field == nullptr) {
        report.add(key, "unknown field " + in_quotes(name), suggest(name, kFieldNames));
        return std::nullopt;
    }
    const std::string field_name = in_quotes(field->name);
    if (category == Category::kAccess && field->egress_only) {
        report.add(key, field_name + " cannot be asked by a rule of category access: reading has no sink",
                   "use category egress, or remove the field");
        return std::nullopt;
    }
    if (modifier.find('|') != std::string_view::npos) {
        report.add(key, "modifiers cannot be combined: " + in_quotes(modifier), "use one of them");
        return std::nullopt;
    }
    if (bar != std::string_view::npos &&
        std::ranges::find(field->modifiers, modifier) == field->modifiers.end()) {
        report.add(key, "unknown modifier " + in_quotes(modifier) + " for " + field_name,
                   field->modifiers.empty() ? "write " + field_name + ": whole values are compared"
                                            : suggest(modifier, field->modifiers));
        return std::nullopt;
    }
    return Key{field, modifier};
}

std::optional<std::uint32_t> parse_number(Reporter& report, const YamlNode& node, Field field,
                                          const Vocabulary& vocabulary) {
    switch (field) {
        case Field::kArtifactClass: {
            if (vocabulary.classes.empty()) return std::nullopt;  // classes.yaml has its own problem
            const auto index = check_word(report, node, "'artifact.class'", vocabulary.class_names());
            return index ? std::optional(static_cast<std::uint32_t>(*index)) : std::nullopt;
        }
        case Field::kArtifactKind: {
            std::array<std::string_view, kArtifactKinds> names;
            for (std::size_t i = 0; i < names.size(); ++i)
                names[i] = to_string(static_cast<ArtifactKind>(i));
            const auto index = check_word(report, node, "'artifact.kind'", names);
            return index ? std::optional(static_cast<std::uint32_t>(*index)) : std::nullopt;
        }
        case Field::kSinkKind: {
            const auto index = check_word(report, node, "'sink.kind'", kSinks);
            return index ? std::optional(static_cast<std::uint32_t>(*index + 1)) : std::nullopt;
        }
        case Field::kDestinationPort:
            return check_number(report, node, "'destination.port'", 0, 65'535);
        case Field::kUserId:
            return check_number(report, node, "'user.id'", 0, std::numeric_limits<std::uint32_t>::max() - 1);
        case Field::kDestinationIp:
        case Field::kDestinationDomain:
        case Field::kProcessExecutable:
        case Field::kProcessPackage:
            return std::nullopt;
    }
    return std::nullopt;
}

template <typename Set>
using Lists = std::map<std::string, std::shared_ptr<const Set>, std::less<>>;

// `kind` is that of the lists that the field takes.
template <typename Set>
std::shared_ptr<const Set> parse_placeholder(Reporter& report, const YamlNode& node, const Lists<Set>& lists,
                                             std::string_view kind) {
    const std::string_view text = node.text;
    if (text.size() < 3 || !text.starts_with('%') || !text.ends_with('%')) {
        report.add(node, in_quotes(text) + " is no list placeholder",
                   "write the list's name between percent signs: '%name%'");
        return nullptr;
    }
    const std::string_view name = text.substr(1, text.size() - 2);
    const auto found = lists.find(name);
    if (found != lists.end()) return found->second;
    std::vector<std::string_view> names;
    names.reserve(lists.size());
    for (const auto& [known, set] : lists)
        names.push_back(known);
    const std::string fix = names.empty()
                                ? "add lists/NAME.yaml with that name and 'kind: " + std::string(kind) + "'"
                                : suggest(name, names);
    report.add(node, "unknown list " + in_quotes(name), fix);
    return nullptr;
}

bool parse_destinations(Reporter& report, const std::vector<const YamlNode*>& nodes,
                        std::string_view modifier, const Vocabulary& vocabulary, FieldTest& test) {
    std::vector<Prefix> written;
    for (const YamlNode* node : nodes) {
        if (modifier == "expand") {
            auto list = parse_placeholder(report, *node, vocabulary.lists, "destinations");
            if (list == nullptr) return false;
            test.destinations.push_back(std::move(list));
        } else if (modifier == "cidr") {
            const std::optional<Prefix> prefix = check_prefix(report, *node);
            if (!prefix) return false;
            written.push_back(*prefix);
        } else {
            const std::optional<Address> address = check_address(report, *node);
            if (!address) return false;
            written.push_back({*address, 128});
        }
    }
    if (!written.empty()) test.destinations.push_back(std::make_shared<const PrefixSet>(std::move(written)));
    return true;
}

bool parse_packages(Reporter& report, const std::vector<const YamlNode*>& nodes, FieldTest& test) {
    for (const YamlNode* node : nodes) {
        if (!check_text(report, *node, "a package", kMaxProgramBytes)) return false;
        if (!is_package_name(node->text)) {
            report.add(*node, in_quotes(node->text) + " is no name of a package", "write it like borgbackup");
            return false;
        }
        test.paths.push_back(std::string(kPackagePrefix) + node->text);
    }
    return true;
}

bool parse_domains(Reporter& report, const std::vector<const YamlNode*>& nodes, std::string_view modifier,
                   const Vocabulary& vocabulary, FieldTest& test) {
    std::vector<std::string> written;
    for (const YamlNode* node : nodes) {
        if (modifier == "expand") {
            auto list = parse_placeholder(report, *node, vocabulary.domains, "domains");
            if (list == nullptr) return false;
            test.domains.push_back(std::move(list));
            continue;
        }
        auto pattern = modifier == "endswith" ? check_domain_end(report, *node) : check_domain(report, *node);
        if (!pattern) return false;
        written.push_back(std::move(*pattern));
    }
    if (!written.empty()) test.domains.push_back(std::make_shared<const DomainSet>(std::move(written)));
    return true;
}

bool parse_paths(Reporter& report, const std::vector<const YamlNode*>& nodes, FieldTest& test) {
    for (const YamlNode* node : nodes) {
        if (!check_program(report, *node, false)) return false;
        test.paths.push_back(node->text);
    }
    return true;
}

}  // namespace

bool check_program(Reporter& report, const YamlNode& node, bool packages) {
    if (!check_text(report, node, "a program", kMaxProgramBytes)) return false;
    const auto name = parse_program_name(node.text);
    if (name && (packages || name->package.empty())) return true;
    if (node.text.starts_with(kPackagePrefix))
        report.add(node, in_quotes(node.text) + " names no program",
                   packages ? "write a package like package:borgbackup" : "write process.package: NAME");
    else if (node.text.contains("@sha256"))
        report.add(
            node, in_quotes(node.text) + " pins no program",
            "write it like /usr/bin/rsync@sha256: and 64 digits of lower-case hex (sha256sum prints them)");
    else
        report.add(node, in_quotes(node.text) + " is no whole path of a program",
                   "write it like /usr/bin/rsync");
    return false;
}

const FieldInfo& field_info(Field field) {
    return kFields[static_cast<std::size_t>(field)];
}

std::span<const std::string_view> field_names() {
    return kFieldNames;
}

const FieldInfo* find_field(std::string_view name) {
    const auto found = std::ranges::find(kFields, name, &FieldInfo::name);
    return found == kFields.end() ? nullptr : &*found;
}

std::optional<FieldTest> parse_field_test(Reporter& report, const YamlEntry& entry, Category category,
                                          const Vocabulary& vocabulary) {
    const std::optional<Key> key = parse_key(report, entry.key, category);
    if (!key) return std::nullopt;
    FieldTest test{key->field->field, entry.key.line, entry.key.column, {}, {}, {}, {}};
    const auto nodes = check_values(report, entry.value, in_quotes(entry.key.text), kMaxSelectionValues);
    if (!nodes) return std::nullopt;
    if (test.field == Field::kDestinationIp) {
        if (!parse_destinations(report, *nodes, key->modifier, vocabulary, test)) return std::nullopt;
        return test;
    }
    if (test.field == Field::kDestinationDomain) {
        if (!parse_domains(report, *nodes, key->modifier, vocabulary, test)) return std::nullopt;
        return test;
    }
    if (test.field == Field::kProcessExecutable) {
        if (!parse_paths(report, *nodes, test)) return std::nullopt;
        return test;
    }
    if (test.field == Field::kProcessPackage) {
        if (!parse_packages(report, *nodes, test)) return std::nullopt;
        return test;
    }
    for (const YamlNode* node : *nodes) {
        const std::optional<std::uint32_t> number = parse_number(report, *node, test.field, vocabulary);
        if (!number) return std::nullopt;
        test.numbers.push_back(*number);
    }
    return test;
}

}  // namespace modelward::rules
