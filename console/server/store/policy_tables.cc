// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/policy_tables.h"

namespace modelward::console {
namespace {

constexpr int kBundlesKept = 10;

BlobView bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<void> insert_documents(Database& database, std::string_view role,
                              const std::vector<rules::Document>& documents) {
    int position = 0;
    for (const rules::Document& document : documents) {
        auto added = database.run("INSERT INTO documents(role, position, name, text) VALUES(?, ?, ?, ?)",
                                  role, position++, document.name, document.text);
        if (!added) return added;
    }
    return {};
}

}  // namespace

Result<rules::Pack> load_documents(Database& database) {
    rules::Pack pack;
    auto rows = database.query("SELECT role, name, text FROM documents ORDER BY role, position");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return pack;
        rules::Document document{rows->text(1), rows->text(2)};
        const std::string role = rows->text(0);
        if (role == "classes") {
            pack.classes = std::move(document);
        } else {
            (role == "list" ? pack.lists : pack.rules).push_back(std::move(document));
        }
    }
}

Result<void> replace_documents(Database& database, const rules::Pack& pack) {
    if (auto done = database.run("DELETE FROM documents"); !done) return done;
    if (auto done = insert_documents(database, "classes", {pack.classes}); !done) return done;
    if (auto done = insert_documents(database, "rule", pack.rules); !done) return done;
    return insert_documents(database, "list", pack.lists);
}

Result<ClassNumbers> load_class_numbers(Database& database) {
    ClassNumbers numbers;
    auto rows = database.query("SELECT name, number FROM class_numbers");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return numbers;
        numbers.emplace(rows->text(0), rows->count(1));
    }
}

Result<void> note_class_numbers(Database& database, const std::vector<rules::ClassInfo>& classes) {
    for (std::size_t number = 0; number < classes.size(); ++number) {
        auto noted = database.run("INSERT OR IGNORE INTO class_numbers(name, number) VALUES(?, ?)",
                                  classes[number].name, static_cast<std::uint64_t>(number));
        if (!noted) return noted;
    }
    return {};
}

Result<std::vector<StoredArtifact>> list_artifacts(Database& database) {
    std::vector<StoredArtifact> artifacts;
    auto rows = database.query(
        "SELECT number, id, name, kind, class, bytes, created_ms FROM artifacts ORDER BY number");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return artifacts;
        artifacts.push_back({static_cast<std::uint32_t>(rows->integer(0)), rows->text(1), rows->text(2),
                             rows->text(3), rows->text(4), rows->count(5), rows->integer(6)});
    }
}

Result<void> insert_artifact(Database& database, StoredArtifact& artifact, BlobView sha256,
                             BlobView fingerprint) {
    auto rows = database.query("SELECT name, sha256 = ? FROM artifacts WHERE name = ? OR sha256 = ?", sha256,
                               artifact.name, sha256);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (*row && rows->integer(1) != 0) {
        return fail(ErrorCode::kConflict, "this content is registered already, as '" + rows->text(0) + "'");
    }
    if (*row)
        return fail(ErrorCode::kConflict, "an artifact named '" + artifact.name + "' is registered already");
    auto added = database.run(
        "INSERT INTO artifacts(id, name, kind, class, bytes, sha256, fingerprint, created_ms) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        artifact.id, artifact.name, artifact.kind, artifact.class_name, artifact.bytes, sha256, fingerprint,
        artifact.created_ms);
    if (!added) return added;
    artifact.number = static_cast<std::uint32_t>(database.last_row_id());
    return {};
}

Result<void> append_artifacts(Database& database, wire::Bundle& bundle) {
    auto rows =
        database.query("SELECT number, id, name, kind, class, fingerprint FROM artifacts ORDER BY number");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return {};
        wire::Artifact& artifact = *bundle.add_artifacts();
        artifact.set_number(static_cast<std::uint32_t>(rows->integer(0)));
        artifact.set_id(rows->text(1));
        artifact.set_name(rows->text(2));
        artifact.set_kind(rows->text(3));
        artifact.set_class_name(rows->text(4));
        artifact.set_fingerprint(rows->text(5));
    }
}

Result<std::uint64_t> next_bundle_version(Database& database) {
    auto rows =
        database.query("SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'bundles'), 0) + 1");
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->count(0);
}

Result<void> insert_bundle(Database& database, std::uint64_t version, std::int64_t created_ms,
                           const wire::SignedBundle& bundle) {
    auto added =
        database.run("INSERT INTO bundles(version, created_ms, payload, signature) VALUES(?, ?, ?, ?)",
                     version, created_ms, bytes_of(bundle.payload()), bytes_of(bundle.signature()));
    if (!added) return added;
    return database.run("DELETE FROM bundles WHERE version <= ?",
                        static_cast<std::int64_t>(version) - kBundlesKept);
}

Result<std::optional<StoredBundle>> newest_bundle(Database& database) {
    auto rows =
        database.query("SELECT version, payload, signature FROM bundles ORDER BY version DESC LIMIT 1");
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    StoredBundle stored{rows->count(0), {}};
    stored.bundle.set_payload(rows->text(1));
    stored.bundle.set_signature(rows->text(2));
    return stored;
}

}  // namespace modelward::console
