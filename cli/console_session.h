// SPDX-License-Identifier: Apache-2.0
// The signed-in session of the command line: kept in ~/.config/modelward/session.json (owner only), or in the
// file that MODELWARD_SESSION_FILE names.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace modelward::cli {

struct ConsoleSession {
    std::string console{};  // "HOST:PORT"
    std::string ca_pem{};   // empty: the operating system's certificate store
    std::string username{};
    std::string token{};
};

std::filesystem::path session_file();
Result<void> save_session(const ConsoleSession& session);
Result<ConsoleSession> load_session();  // kNotFound says to sign in

}  // namespace modelward::cli
