// SPDX-License-Identifier: Apache-2.0
#include "rules/yaml_tree.h"

#include <simdjson.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <set>
#include <sstream>
#include <utility>

#include "rules/limits.h"
#include "rules/reporter.h"

namespace modelward::rules {
namespace {

// Leaves yaml-cpp's parser at the first thing we do not accept; caught in parse_yaml().
struct Refusal : std::exception {
    Refusal(int at_line, int at_column, std::string why, std::string how)
        : line(at_line), column(at_column), reason(std::move(why)), fix(std::move(how)) {}
    int line;
    int column;
    std::string reason;
    std::string fix;
};

class TreeBuilder : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            throw Refusal(mark.line + 1, mark.column + 1, "a second YAML document in one file",
                          "use one file a document");
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(node(YamlNode::Type::kNull, mark, "", anchor));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { refuse_anchor(mark); }
    void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override { refuse_anchor(mark); }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode scalar = node(YamlNode::Type::kScalar, mark, tag, anchor);
        scalar.text = value;
        scalar.quoted = tag == "!";
        add(std::move(scalar));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(node(YamlNode::Type::kList, mark, tag, anchor), mark);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(node(YamlNode::Type::kMap, mark, tag, anchor), mark);
    }
    void OnMapEnd() override { close(); }

    YamlNode take() { return std::move(root_); }

  private:
    // A list or map that is not finished yet.
    struct Open {
        YamlNode node;
        std::set<std::string, std::less<>> keys;  // kMap: seen so far
        bool value_next = false;                  // kMap: the last entry waits for its value
    };

    [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
        throw Refusal(mark.line + 1, mark.column + 1, "YAML anchors and aliases are not accepted",
                      "write the value out");
    }

    static YamlNode node(YamlNode::Type type, const YAML::Mark& mark, const std::string& tag,
                         YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) refuse_anchor(mark);
        const bool plain_tag = tag.empty() || tag == "?" || tag == "!";
        if (!plain_tag) {
            throw Refusal(mark.line + 1, mark.column + 1, "YAML tags are not accepted",
                          "remove " + in_quotes(tag));
        }
        YamlNode made;
        made.type = type;
        made.line = mark.line + 1;
        made.column = mark.column + 1;
        return made;
    }

    void open(YamlNode made, const YAML::Mark& mark) {
        if (open_.size() >= kMaxYamlDepth) {
            throw Refusal(mark.line + 1, mark.column + 1,
                          "nested more than " + std::to_string(kMaxYamlDepth) + " levels deep", "");
        }
        if (!open_.empty() && open_.back().node.is_map() && !open_.back().value_next) {
            throw Refusal(mark.line + 1, mark.column + 1, "a key must be a word", "");
        }
        open_.push_back({std::move(made), {}, false});
    }

    void close() {
        YamlNode done = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(done));
    }

    void add(YamlNode done) {
        if (open_.empty()) {
            root_ = std::move(done);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_list()) {
            parent.node.items.push_back(std::move(done));
        } else if (parent.value_next) {
            if (done.is_null()) {  // yaml-cpp places what is not there at the next thing that is
                done.line = parent.node.entries.back().key.line;
                done.column = parent.node.entries.back().key.column;
            }
            parent.node.entries.back().value = std::move(done);
            parent.value_next = false;
        } else {
            add_key(parent, std::move(done));
        }
    }

    static void add_key(Open& parent, YamlNode key) {
        if (!key.is_scalar()) throw Refusal(key.line, key.column, "a key must be a word", "");
        if (!parent.keys.insert(key.text).second) {
            throw Refusal(key.line, key.column, "duplicate key " + in_quotes(key.text),
                          "remove one of the two");
        }
        parent.node.entries.push_back({std::move(key), {}});
        parent.value_next = true;
    }

    YamlNode root_;
    std::vector<Open> open_;
    int documents_ = 0;
};

// yaml-cpp hands bytes through as they are; the first line that is not UTF-8, or 0.
int first_line_not_utf8(std::string_view text) {
    int number = 1;
    while (true) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (!simdjson::validate_utf8(line.data(), line.size())) return number;
        if (end == std::string_view::npos) return 0;
        text.remove_prefix(end + 1);
        ++number;
    }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const YamlEntry& entry : entries) {
        if (entry.key.text == key) return &entry.value;
    }
    return nullptr;
}

std::expected<YamlNode, Problem> parse_yaml(const Document& document, std::size_t max_bytes) {
    if (document.text.size() > max_bytes) {
        return std::unexpected(Problem{document.name, 0, 0,
                                       "document is " + std::to_string(document.text.size()) +
                                           " bytes long; the limit is " + std::to_string(max_bytes),
                                       "split it"});
    }
    if (const int line = first_line_not_utf8(document.text); line != 0) {
        return std::unexpected(Problem{document.name, line, 0, "not valid UTF-8", "save the file as UTF-8"});
    }
    try {
        std::istringstream stream(document.text);
        YAML::Parser parser(stream);
        TreeBuilder builder;
        while (parser.HandleNextDocument(builder)) {
        }
        YamlNode root = builder.take();
        if (root.is_null()) return std::unexpected(Problem{document.name, 0, 0, "document is empty", ""});
        return root;
    } catch (const Refusal& refusal) {
        return std::unexpected(
            Problem{document.name, refusal.line, refusal.column, refusal.reason, refusal.fix});
    } catch (const YAML::Exception& error) {
        return std::unexpected(Problem{document.name, error.mark.line + 1, error.mark.column + 1,
                                       "not valid YAML: " + error.msg, ""});
    } catch (const std::exception& error) {
        return std::unexpected(
            Problem{document.name, 0, 0, std::string("not valid YAML: ") + error.what(), ""});
    }
}

}  // namespace modelward::rules
