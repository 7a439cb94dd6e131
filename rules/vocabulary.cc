// SPDX-License-Identifier: Apache-2.0
#include "rules/vocabulary.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/address_values.h"
#include "rules/domain_values.h"
#include "rules/fields.h"
#include "rules/limits.h"
#include "rules/quantity.h"
#include "rules/reporter.h"
#include "rules/suggest.h"

namespace modelward::rules {
namespace {

// Names stand in rules, placeholders, events and the page: one shape for all.
bool check_name(Reporter& report, const YamlNode& node) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    if (!check_text(report, node, "'name'", 64)) return false;
    if (node.text.find_first_not_of(kLetters) == std::string::npos) return true;
    report.add(node, "name " + in_quotes(node.text) + " has other letters than a-z, 0-9, '_' and '-'",
               "rename it");
    return false;
}

std::optional<ClassInfo> parse_class(Reporter& report, const YamlNode& node) {
    constexpr std::array<std::string_view, 2> kKeys{"name", "min_flow"};
    if (!check_map(report, node, "a class", kKeys, kKeys)) return std::nullopt;
    const YamlNode& name = *node.find("name");
    const YamlNode& min_flow = *node.find("min_flow");
    if (!check_name(report, name) || !check_text(report, min_flow, "'min_flow'", 64)) return std::nullopt;
    const std::optional<std::uint64_t> bytes = parse_bytes(min_flow.text);
    if (!bytes || *bytes == 0) {
        report.add(min_flow, "'min_flow' must be a number of bytes above 0, not " + in_quotes(min_flow.text),
                   "write it like 64KiB, 1MiB or 1GiB");
        return std::nullopt;
    }
    return ClassInfo{name.text, *bytes};
}

std::vector<ClassInfo> parse_classes(const Document& document, std::vector<Problem>& problems) {
    std::vector<ClassInfo> classes;
    const auto root = parse_yaml(document, kMaxDocumentBytes);
    if (!root) {
        problems.push_back(root.error());
        return classes;
    }
    Reporter report(document.name, problems);
    if (!root->is_list() || root->items.empty()) {
        report.add(*root, "classes must be a list of {name, min_flow}");
        return classes;
    }
    for (const YamlNode& item : root->items) {
        if (classes.size() == kMaxClasses) {
            report.add(item, "more than " + std::to_string(kMaxClasses) + " classes", "merge some");
            break;
        }
        std::optional<ClassInfo> parsed = parse_class(report, item);
        if (!parsed) continue;
        if (std::ranges::find(classes, parsed->name, &ClassInfo::name) != classes.end()) {
            report.add(item, "a second class named " + in_quotes(parsed->name), "rename one of the two");
            continue;
        }
        classes.push_back(std::move(*parsed));
    }
    return classes;
}

// A list of programs means something under one name only: those that are neither followed nor judged.
void parse_programs(Reporter& report, const YamlNode& name, const YamlNode& values, Vocabulary& vocabulary) {
    if (name.text != kExemptPrograms) {
        report.add(name, "a list of kind programs named " + in_quotes(name.text),
                   "name it " + std::string(kExemptPrograms) + ", or write the programs into the rule");
        return;
    }
    if (values.is_list() && values.items.empty()) return;
    const auto nodes = check_values(report, values, "'values'", kMaxPrograms);
    if (!nodes) return;
    for (const YamlNode* node : *nodes)
        if (check_program(report, *node, true)) vocabulary.exempt_programs.push_back(node->text);
}

std::vector<Prefix> parse_prefixes(Reporter& report, const std::vector<const YamlNode*>& nodes) {
    std::vector<Prefix> prefixes;
    for (const YamlNode* node : nodes)
        if (const std::optional<Prefix> prefix = check_address_or_prefix(report, *node))
            prefixes.push_back(*prefix);
    return prefixes;
}

std::vector<std::string> parse_domains(Reporter& report, const std::vector<const YamlNode*>& nodes) {
    std::vector<std::string> patterns;
    for (const YamlNode* node : nodes)
        if (std::optional<std::string> pattern = check_domain_or_end(report, *node))
            patterns.push_back(std::move(*pattern));
    return patterns;
}

std::vector<DevicePattern> parse_devices(Reporter& report, const std::vector<const YamlNode*>& nodes) {
    std::vector<DevicePattern> devices;
    for (const YamlNode* node : nodes) {
        std::optional<DevicePattern> device;
        if (node->is_scalar()) device = parse_device_pattern(node->text);
        if (device)
            devices.push_back(std::move(*device));
        else
            report.add(*node, in_quotes(node->text) + " is no USB device",
                       "write VENDOR, VENDOR:PRODUCT or VENDOR:PRODUCT:SERIAL as lsusb shows them, like "
                       "'0781:5581'");
    }
    return devices;
}

constexpr std::size_t kLikelySlip = 2;

// Of a misspelt one, what it was to stand for would not be in force, and nobody would hear of it.
bool is_no_slip(Reporter& report, const YamlNode& name) {
    for (const std::string_view meant : {kExemptPrograms, kApprovedStorage}) {
        if (name.text == meant || edit_distance(name.text, meant) > kLikelySlip) continue;
        report.add(name, "a list named " + in_quotes(name.text),
                   "did you mean " + in_quotes(meant) + "? If not, take a name that reads less like it");
        return false;
    }
    return true;
}

// The same of one with another kind.
bool has_its_kind(Reporter& report, const YamlNode& name, std::string_view kind) {
    const std::string_view wanted = name.text == kExemptPrograms    ? "programs"
                                    : name.text == kApprovedStorage ? "devices"
                                                                    : kind;
    if (wanted == kind) return true;
    report.add(name, "a list named " + in_quotes(name.text) + " of kind " + std::string(kind),
               "that name stands for a list of kind " + std::string(wanted) +
                   ": correct the kind, or rename the list");
    return false;
}

void parse_list(const Document& document, Vocabulary& vocabulary, std::vector<Problem>& problems) {
    constexpr std::array<std::string_view, 4> kKeys{"name", "kind", "values", "description"};
    constexpr std::array<std::string_view, 3> kRequired{"name", "kind", "values"};
    constexpr std::array<std::string_view, 4> kKinds{"destinations", "devices", "programs", "domains"};
    const auto root = parse_yaml(document, kMaxListBytes);
    if (!root) {
        problems.push_back(root.error());
        return;
    }
    Reporter report(document.name, problems);
    if (!check_map(report, *root, "the list", kKeys, kRequired)) return;
    const YamlNode& name = *root->find("name");
    const YamlNode& values = *root->find("values");
    if (!check_name(report, name) || !is_no_slip(report, name)) return;
    const auto kind = check_word(report, *root->find("kind"), "'kind'", kKinds);
    if (const YamlNode* text = root->find("description"))
        check_text(report, *text, "'description'", kMaxTextBytes);
    if (kind && !has_its_kind(report, name, kKinds[*kind])) return;
    if (kind == 2U) return parse_programs(report, name, values, vocabulary);
    std::vector<const YamlNode*> nodes;
    const bool stated_empty = values.is_list() && values.items.empty();
    if (!stated_empty) {
        auto found = check_values(report, values, "'values'", kMaxListEntries);
        if (!found) return;
        nodes = std::move(*found);
    }
    if (vocabulary.lists.contains(name.text) || vocabulary.devices.contains(name.text) ||
        vocabulary.domains.contains(name.text)) {
        report.add(name, "a second list named " + in_quotes(name.text), "rename one of the two");
    } else if (kind == 1) {
        vocabulary.devices.emplace(name.text, parse_devices(report, nodes));
    } else if (kind == 3U) {
        vocabulary.domains.emplace(name.text,
                                   std::make_shared<const DomainSet>(parse_domains(report, nodes)));
    } else {
        vocabulary.lists.emplace(name.text, std::make_shared<const PrefixSet>(parse_prefixes(report, nodes)));
    }
}

}  // namespace

std::vector<std::string_view> Vocabulary::class_names() const {
    std::vector<std::string_view> names;
    names.reserve(classes.size());
    for (const ClassInfo& info : classes)
        names.push_back(info.name);
    return names;
}

Vocabulary parse_vocabulary(const Document& classes, const std::vector<Document>& lists,
                            std::vector<Problem>& problems) {
    Vocabulary vocabulary;
    vocabulary.classes = parse_classes(classes, problems);
    for (const Document& list : lists)
        parse_list(list, vocabulary, problems);
    return vocabulary;
}

}  // namespace modelward::rules
