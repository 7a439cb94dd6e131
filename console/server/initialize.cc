// SPDX-License-Identifier: Apache-2.0
#include "console/server/initialize.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "console/server/bundle_publisher.h"
#include "console/server/clock.h"
#include "console/server/passwords.h"
#include "console/server/server_certificate.h"
#include "console/server/store/users.h"
#include "rules/rules.h"
#include "wire/secret_file.h"

namespace modelward::console {
namespace {

constexpr int kAuthorityDays = 3650;
constexpr std::size_t kMaxCommonName = 64;  // RFC 5280, ub-common-name

std::vector<std::string> server_names(const std::vector<std::string>& wanted) {
    std::vector<std::string> names = wanted;
    char own[256] = {};
    if (names.empty() && ::gethostname(own, sizeof own - 1) == 0 && own[0] != '\0') names.emplace_back(own);
    for (const char* always : {"localhost", "127.0.0.1"}) {
        if (std::ranges::find(names, always) == names.end()) names.emplace_back(always);
    }
    return names;
}

Result<rules::Pack> read_checked_pack(const std::filesystem::path& directory) {
    auto pack = rules::read_pack(directory);
    if (!pack) return pack;
    std::string problems;
    for (const rules::Problem& problem : rules::load_policy(*pack).problems)
        problems += "\n" + to_string(problem);
    if (!problems.empty()) return fail(ErrorCode::kInvalid, "the rules have problems:" + problems);
    return pack;
}

Result<void> make_directory(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("create " + path.string());
    if (::chmod(path.c_str(), 0700) != 0) return fail_errno("chmod " + path.string());
    return {};
}

Result<void> write_keys(const StateDirectory& state, const std::vector<std::string>& names) {
    // For people to read; what counts are the names in the server's certificate, which are whole.
    const std::string common_name = ("Modelward console " + names.front()).substr(0, kMaxCommonName);
    const auto authority = wire::CertificateAuthority::create(common_name, kAuthorityDays);
    if (!authority) return fail(authority.error());
    const auto bundle_key = wire::PrivateKey::generate_ed25519();
    if (!bundle_key) return fail(bundle_key.error());
    const std::pair<std::filesystem::path, Result<std::string>> files[] = {
        {state.ca_certificate(), authority->certificate().to_pem()},
        {state.ca_key(), authority->key().to_pem()},
        {state.bundle_key(), bundle_key->to_pem()},
    };
    for (const auto& [path, pem] : files) {
        if (!pem) return fail(pem.error());
        if (auto written = wire::write_secret_file(path, *pem); !written) return written;
    }
    return issue_server_certificate(state, *authority, names);
}

// The database is made under this name and renamed when it is complete. Made before the keys are, so as long
// as it lies there the keys belong to a console that never came to be.
std::filesystem::path draft_of(const StateDirectory& state) {
    return state.config_database().string() + ".new";
}

// Agents trust no other authority and take bundles from no other key: both are never overwritten, except what
// an init that did not end left behind.
Result<void> check_vacant(const StateDirectory& state) {
    std::error_code ignored;
    if (std::filesystem::exists(state.config_database(), ignored)) {
        return fail(ErrorCode::kConflict,
                    state.path.string() + " holds a console already; nothing was changed");
    }
    if (std::filesystem::exists(draft_of(state), ignored)) return {};
    for (const auto& key : {state.ca_key(), state.bundle_key()}) {
        if (!std::filesystem::exists(key, ignored)) continue;
        return fail(ErrorCode::kConflict,
                    key.string() + " is there, but " + state.config_database().string() +
                        " is not; nothing was changed. Put the database back from a backup, or, for a new "
                        "console where every host enrols again, move " +
                        state.path.string() + " away first");
    }
    return {};
}

Result<void> begin_draft(const StateDirectory& state) {
    std::error_code ignored;
    for (const char* part : {"-wal", "-shm"})
        std::filesystem::remove(draft_of(state).string() + part, ignored);
    return wire::write_secret_file(draft_of(state), "");
}

}  // namespace

Result<Initialized> initialize(const InitializeOptions& options) {
    const StateDirectory& state = options.state;
    if (auto vacant = check_vacant(state); !vacant) return fail(vacant.error());
    const auto pack = read_checked_pack(options.rules);
    if (!pack) return fail(pack.error());
    const std::string password = options.password ? *options.password : generate_password();
    const auto hash = hash_password(password);
    if (!hash) return fail(hash.error());
    Initialized result{options.password ? std::nullopt : std::optional(password), server_names(options.names),
                       0};

    if (auto made = make_directory(state.path); !made) return fail(made.error());
    if (auto begun = begin_draft(state); !begun) return fail(begun.error());
    if (auto written = write_keys(state, result.names); !written) return fail(written.error());
    // The database last: its presence says that a console is here.
    const std::filesystem::path draft = draft_of(state);
    {
        auto config = ConfigDatabase::open(draft, true);
        if (!config) return fail(config.error());
        if (auto added = add_user(**config, "admin", *hash, "admin", unix_ms_now(), local_actor()); !added)
            return fail(added.error());
        auto key = load_bundle_key(state);
        if (!key) return fail(key.error());
        auto publisher = BundlePublisher::open(**config, std::move(*key), unix_ms_now);
        if (!publisher) return fail(publisher.error());
        const auto outcome = (*publisher)->publish_rules(*pack, local_actor());
        if (!outcome) return fail(outcome.error());
        result.bundle_version = outcome->version;
    }  // closing the last connection folds the write-ahead log into the file
    if (::rename(draft.c_str(), state.config_database().c_str()) != 0) {
        return fail_errno("rename " + draft.string());
    }
    return result;
}

}  // namespace modelward::console
