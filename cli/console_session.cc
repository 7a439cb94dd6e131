// SPDX-License-Identifier: Apache-2.0
#include "cli/console_session.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "wire/secret_file.h"

namespace modelward::cli {
namespace {

std::filesystem::path home_directory() {
    if (const char* home = std::getenv("HOME"); home != nullptr && home[0] != '\0') return home;
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? "/" : entry->pw_dir;
}

}  // namespace

std::filesystem::path session_file() {
    if (const char* path = std::getenv("MODELWARD_SESSION_FILE"); path != nullptr && path[0] != '\0')
        return path;
    return home_directory() / ".config" / "modelward" / "session.json";
}

Result<void> save_session(const ConsoleSession& session) {
    const std::filesystem::path path = session_file();
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error) return fail(ErrorCode::kIo, "create " + path.parent_path().string() + ": " + error.message());
    const nlohmann::json json = {{"console", session.console},
                                 {"ca_pem", session.ca_pem},
                                 {"username", session.username},
                                 {"token", session.token}};
    return wire::write_secret_file(path, json.dump(2) + "\n");
}

Result<ConsoleSession> load_session() {
    const auto text = wire::read_small_file(session_file());
    if (!text && text.error().code() == ErrorCode::kNotFound) {
        return fail(ErrorCode::kNotFound,
                    "not signed in: run `modelward login --console HOST:PORT --username NAME`");
    }
    if (!text) return fail(text.error());
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    ConsoleSession session;
    const std::pair<const char*, std::string*> fields[] = {{"console", &session.console},
                                                           {"ca_pem", &session.ca_pem},
                                                           {"username", &session.username},
                                                           {"token", &session.token}};
    for (const auto& [name, into] : fields) {
        if (!json.is_object() || !json.contains(name) || !json[name].is_string()) {
            return fail(ErrorCode::kInvalid, session_file().string() + " is damaged: sign in again");
        }
        *into = json[name].get<std::string>();
    }
    return session;
}

}  // namespace modelward::cli
