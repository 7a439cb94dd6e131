// SPDX-License-Identifier: Apache-2.0
#include "agent/bundle/policy_archive.h"

#include <nlohmann/json.hpp>

namespace modelward::agent {
namespace {

using nlohmann::json;

std::string to_json(const PolicyTexts& texts) {
    json rules = json::array();
    for (const auto& rule : texts.rules)
        rules.push_back({rule.id, rule.title, rule.level, rule.message, rule.budget_bytes});
    // Texts come from a signed bundle, but a rule may still hold bytes that are not UTF-8.
    return json{{"rules", rules}, {"classes", texts.classes}}.dump(-1, ' ', false,
                                                                   json::error_handler_t::replace);
}

Result<PolicyTexts> from_json(const std::string& text) {
    try {
        const auto document = json::parse(text);
        PolicyTexts texts;
        for (const auto& rule : document.at("rules"))
            texts.rules.push_back({rule.at(0), rule.at(1), rule.at(2), rule.at(3), rule.at(4)});
        texts.classes = document.at("classes").get<std::vector<std::string>>();
        return texts;
    } catch (const json::exception& error) {
        return fail(ErrorCode::kInvalid, std::string("a stored policy cannot be read back: ") + error.what());
    }
}

}  // namespace

PolicyTexts texts_of(const rules::CompiledPolicy& policy) {
    PolicyTexts texts;
    for (const auto& rule : policy.rules)
        texts.rules.push_back(
            {rule.rule_id, rule.title, std::string(to_string(rule.level)), rule.message, rule.budget_bytes});
    for (const auto& one : policy.classes)
        texts.classes.push_back(one.name);
    return texts;
}

Result<PolicyArchive> PolicyArchive::open(Database& database) {
    auto made = database.script(R"(
CREATE TABLE IF NOT EXISTS policies (version INTEGER PRIMARY KEY, texts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS artifacts (number INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL,
                                      kind TEXT NOT NULL, class TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS policy_key (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), bundle_key BLOB NOT NULL);
)");
    if (!made) return fail(made.error());
    PolicyArchive archive(database);
    if (auto loaded = archive.load(); !loaded) return fail(loaded.error());
    return archive;
}

Result<void> PolicyArchive::load() {
    auto policies = database_->query("SELECT version, texts FROM policies");
    if (!policies) return fail(policies.error());
    for (;;) {
        auto row = policies->next();
        if (!row) return fail(row.error());
        if (!*row) break;
        // A version that cannot be read back costs its explanations, not the start.
        if (auto texts = from_json(policies->text(1))) versions_[policies->count(0)] = std::move(*texts);
    }
    auto artifacts = database_->query("SELECT number, id, name, kind, class FROM artifacts");
    if (!artifacts) return fail(artifacts.error());
    for (;;) {
        auto row = artifacts->next();
        if (!row) return fail(row.error());
        if (!*row) return {};
        const auto number = static_cast<std::uint32_t>(artifacts->integer(0));
        artifacts_[number] = {number, artifacts->text(1), artifacts->text(2), artifacts->text(3),
                              artifacts->text(4)};
    }
}

Result<bool> PolicyArchive::belong_to(std::string_view bundle_key) {
    std::string before;
    {
        auto row = database_->query("SELECT bundle_key FROM policy_key");
        if (!row) return fail(row.error());
        const auto found = row->next();
        if (!found) return fail(found.error());
        if (*found) before = row->text(0);
    }
    if (before == bundle_key) return false;
    if (!before.empty()) {
        versions_.clear();
        artifacts_.clear();
    }
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    if (!before.empty())
        for (const auto* sql : {"DELETE FROM policies", "DELETE FROM artifacts"})
            if (auto done = database_->run(sql); !done) return fail(done.error());
    if (auto done = database_->run("INSERT OR REPLACE INTO policy_key VALUES (1, ?)", bundle_key); !done)
        return fail(done.error());
    if (auto done = transaction->commit(); !done) return fail(done.error());
    return !before.empty();
}

Result<void> PolicyArchive::save(std::uint64_t version, const rules::CompiledPolicy& policy,
                                 std::span<const ArtifactInfo> artifacts) {
    const PolicyTexts texts = texts_of(policy);
    versions_[version] = texts;
    while (versions_.size() > kKeptVersions)
        versions_.erase(versions_.begin());
    for (const auto& one : artifacts)
        artifacts_[one.number] = one;
    return store(version, texts, artifacts);
}

Result<void> PolicyArchive::store(std::uint64_t version, const PolicyTexts& texts,
                                  std::span<const ArtifactInfo> artifacts) {
    auto transaction = Transaction::begin(*database_);
    if (!transaction) return fail(transaction.error());
    if (auto done = database_->run("INSERT OR REPLACE INTO policies (version, texts) VALUES (?, ?)", version,
                                   to_json(texts));
        !done)
        return done;
    auto forgotten = database_->run(
        "DELETE FROM policies WHERE version NOT IN (SELECT version FROM policies ORDER BY version DESC LIMIT "
        "?)",
        std::uint64_t{kKeptVersions});
    if (!forgotten) return forgotten;
    for (const auto& one : artifacts) {
        auto stored = database_->run(
            "INSERT OR REPLACE INTO artifacts (number, id, name, kind, class) VALUES (?, ?, ?, ?, ?)",
            one.number, one.id, one.name, one.kind, one.class_name);
        if (!stored) return stored;
    }
    return transaction->commit();
}

const PolicyTexts* PolicyArchive::texts(std::uint64_t version) const {
    const auto found = versions_.find(version);
    return found == versions_.end() ? nullptr : &found->second;
}

const ArtifactInfo* PolicyArchive::artifact(std::uint32_t number) const {
    const auto found = artifacts_.find(number);
    return found == artifacts_.end() ? nullptr : &found->second;
}

}  // namespace modelward::agent
