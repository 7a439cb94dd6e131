// SPDX-License-Identifier: Apache-2.0
#include "agent/enroll/identity.h"

#include <nlohmann/json.hpp>
#include <span>

#include "base/hex.h"
#include "wire/secret_file.h"

namespace modelward::agent {

using nlohmann::json;

namespace {

constexpr const char* kHostFile = "host.pem";
constexpr std::string_view kKeyBegins = "-----BEGIN PRIVATE KEY-----";  // RFC 7468 section 10
constexpr std::size_t kRoomForIdentity = 64 << 10;                      // far more than its three files hold

Result<void> make_directory(const std::filesystem::path& state_dir) {
    std::error_code error;
    std::filesystem::create_directories(state_dir, error);
    if (error) return fail(Error::from_errno("create " + state_dir.string(), error.value()));
    std::filesystem::permissions(state_dir, std::filesystem::perms::owner_all, error);
    return {};
}

}  // namespace

Result<void> prepare_to_save_identity(const std::filesystem::path& state_dir) {
    if (auto made = make_directory(state_dir); !made) return made;
    const auto trial = state_dir / "enrolling";
    auto written = wire::write_secret_file(trial, std::string(kRoomForIdentity, '\n'));
    std::error_code ignored;
    std::filesystem::remove(trial, ignored);
    return written;
}

Result<void> save_identity(const std::filesystem::path& state_dir, const Identity& identity) {
    if (auto made = make_directory(state_dir); !made) return made;
    const json enrollment = {{"host_id", identity.host_id},
                             {"console", identity.console},
                             {"bundle_public_key", to_hex(identity.bundle_key)}};
    if (auto written = save_certificate(state_dir, identity); !written) return written;
    const std::pair<const char*, std::string> files[] = {{"ca.pem", identity.ca_pem},
                                                         {"enrollment.json", enrollment.dump(2) + "\n"}};
    for (const auto& [name, text] : files)
        if (auto written = wire::write_secret_file(state_dir / name, text); !written) return written;
    return {};
}

Result<void> save_certificate(const std::filesystem::path& state_dir, const Identity& identity) {
    return wire::write_secret_file(state_dir / kHostFile, identity.certificate_pem + identity.key_pem);
}

Result<Identity> load_identity(const std::filesystem::path& state_dir) {
    Identity identity;
    std::string enrollment;
    const std::pair<const char*, std::string*> files[] = {{"enrollment.json", &enrollment},
                                                          {kHostFile, &identity.certificate_pem},
                                                          {"ca.pem", &identity.ca_pem}};
    for (const auto& [name, text] : files) {
        auto read = wire::read_small_file(state_dir / name);
        if (!read) return fail(read.error());
        *text = std::move(*read);
    }
    const std::size_t key_at = identity.certificate_pem.find(kKeyBegins);
    if (key_at == std::string::npos)
        return fail(ErrorCode::kInvalid, (state_dir / kHostFile).string() + ": holds no key; enrol again");
    identity.key_pem = identity.certificate_pem.substr(key_at);
    identity.certificate_pem.resize(key_at);
    const auto broken = [&](const std::string& why) {
        return fail(ErrorCode::kInvalid,
                    (state_dir / "enrollment.json").string() + ": " + why + "; enrol again");
    };
    try {
        const auto document = json::parse(enrollment);
        identity.host_id = document.at("host_id");
        identity.console = document.at("console");
        const auto key = from_hex(document.at("bundle_public_key").get<std::string>());
        if (!key) return broken(key.error().message());
        auto bundle_key = wire::bundle_public_key_from(*key);
        if (!bundle_key) return broken(bundle_key.error().message());
        identity.bundle_key = *bundle_key;
    } catch (const json::exception& error) {
        return broken(error.what());
    }
    return identity;
}

}  // namespace modelward::agent
