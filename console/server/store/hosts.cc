// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/hosts.h"

#include <algorithm>

namespace modelward::console {
namespace {

// Says why a token does not admit: only who holds the secret learns it.
Result<void> check_token(Database& database, const wire::Sha256& hash, std::int64_t now_ms) {
    auto rows =
        database.query("SELECT secret_hash, expires_ms, used_ms FROM enrollment_tokens WHERE secret_hash = ?",
                       BlobView(hash));
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    const std::string stored = *row ? rows->text(0) : std::string(hash.size(), '\0');
    const BlobView bytes(reinterpret_cast<const std::uint8_t*>(stored.data()), stored.size());
    if (!wire::equal_in_constant_time(bytes, hash)) {
        return fail(ErrorCode::kDenied, "the enrollment token is not known to this console");
    }
    if (!rows->is_null(2))
        return fail(ErrorCode::kDenied, "the enrollment token was used already; create another");
    if (rows->integer(1) <= now_ms)
        return fail(ErrorCode::kDenied, "the enrollment token has expired; create another");
    return {};
}

const std::string kHostColumns =
    "SELECT id, name, enrolled_ms, revoked_ms, certificate_expires_ms FROM hosts ";

EnrolledHost host_of(const Query& rows) {
    return {rows.text(0), rows.text(1), rows.integer(2), !rows.is_null(3), rows.integer(4)};
}

}  // namespace

Result<void> add_enrollment_token(ConfigDatabase& config, std::string_view secret, std::int64_t expires_ms,
                                  std::int64_t now_ms, const Actor& actor) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto added = database->run("INSERT INTO enrollment_tokens(secret_hash, expires_ms) VALUES(?, ?)",
                               BlobView(wire::sha256(secret)), expires_ms);
    if (!added) return added;
    added = append_audit(*database, now_ms, actor, "enrollment-token.create", "",
                         "for one host, for " + std::to_string((expires_ms - now_ms) / 60'000) + " minutes");
    if (!added) return added;
    return transaction->commit();
}

Result<void> check_enrollment_token(ConfigDatabase& config, std::string_view secret, std::int64_t now_ms) {
    const wire::Sha256 hash = wire::sha256(secret);
    return check_token(*config.lock(), hash, now_ms);
}

Result<void> admit_host(ConfigDatabase& config, std::string_view secret, const EnrolledHost& host,
                        const wire::Sha256& certificate_sha256, std::string_view address) {
    const wire::Sha256 hash = wire::sha256(secret);
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    if (auto admitted = check_token(*database, hash, host.enrolled_ms); !admitted) return admitted;
    auto done = database->run("UPDATE enrollment_tokens SET used_ms = ? WHERE secret_hash = ?",
                              host.enrolled_ms, BlobView(hash));
    if (!done) return done;
    done = database->run(
        "INSERT INTO hosts(id, name, certificate_sha256, certificate_expires_ms, enrolled_ms) "
        "VALUES(?, ?, ?, ?, ?)",
        host.id, host.name, BlobView(certificate_sha256), host.certificate_expires_ms, host.enrolled_ms);
    if (!done) return done;
    done = append_audit(*database, host.enrolled_ms, {"host:" + host.name, std::string(address)},
                        "host.enroll", host.id, "with an enrolment token");
    if (!done) return done;
    return transaction->commit();
}

Result<void> note_certificate(ConfigDatabase& config, std::string_view host_id,
                              const wire::Sha256& certificate_sha256, std::int64_t expires_ms) {
    auto database = config.lock();
    auto done = database->run(
        "UPDATE hosts SET certificate_sha256 = ?, certificate_expires_ms = ? WHERE id = ? AND revoked_ms IS "
        "NULL",
        BlobView(certificate_sha256), expires_ms, host_id);
    if (!done) return done;
    if (database->changes() == 0) return fail(ErrorCode::kDenied, "this host's enrollment was revoked");
    return {};
}

Result<std::optional<EnrolledHost>> find_host(ConfigDatabase& config, std::string_view id) {
    auto database = config.lock();
    auto rows = database->query(kHostColumns + "WHERE id = ?", id);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return host_of(*rows);
}

Result<std::vector<EnrolledHost>> list_hosts(ConfigDatabase& config) {
    std::vector<EnrolledHost> hosts;
    auto database = config.lock();
    auto rows = database->query(kHostColumns + "ORDER BY name, id");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return hosts;
        hosts.push_back(host_of(*rows));
    }
}

Result<void> revoke_host(ConfigDatabase& config, std::string_view id, std::int64_t now_ms,
                         const Actor& actor) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto done = database->run("UPDATE hosts SET revoked_ms = ifnull(revoked_ms, ?) WHERE id = ?", now_ms, id);
    if (!done) return done;
    if (database->changes() == 0) return fail(ErrorCode::kNotFound, "there is no host " + std::string(id));
    if (auto noted = append_audit(*database, now_ms, actor, "host.revoke", id, ""); !noted) return noted;
    return transaction->commit();
}

}  // namespace modelward::console
