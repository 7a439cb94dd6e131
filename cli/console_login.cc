// SPDX-License-Identifier: Apache-2.0
// modelward login.
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/printable.h"
#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/output.h"
#include "wire/secret_file.h"

namespace modelward::cli {
namespace {

struct LoginOptions {
    std::string console;
    std::string username;
    std::string password_file;
    std::string ca_file;
};

termios terminal_before;  // where a signal handler finds it

void restore_and_end(int signal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

// Restores the terminal whatever happens, Ctrl-C included. One at a time.
class HiddenInput {
  public:
    HiddenInput() : hidden_(::tcgetattr(STDIN_FILENO, &terminal_before) == 0) {
        if (!hidden_) return;
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            ::signal(signal, restore_and_end);
        termios silent = terminal_before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~HiddenInput() {
        if (!hidden_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            ::signal(signal, SIG_DFL);
    }
    HiddenInput(const HiddenInput&) = delete;
    HiddenInput& operator=(const HiddenInput&) = delete;

  private:
    bool hidden_;
};

Result<std::string> ask_password(const LoginOptions& options) {
    if (!options.password_file.empty()) {
        auto text = wire::read_small_file(options.password_file, 4096);
        while (text && (text->ends_with('\n') || text->ends_with('\r')))
            text->pop_back();
        return text;
    }
    std::string password;
    std::cerr << "Password of " << options.username << ": " << std::flush;
    {
        const HiddenInput hidden;
        if (!std::getline(std::cin, password)) return fail(ErrorCode::kInvalid, "no password was given");
    }
    std::cerr << '\n';
    return password;
}

Result<void> login(const LoginOptions& options, bool json) {
    ConsoleSession session{.console = options.console, .username = options.username};
    if (!options.ca_file.empty()) {
        auto pem = wire::read_small_file(options.ca_file);
        if (!pem) return fail(pem.error());
        session.ca_pem = std::move(*pem);
    }
    const auto password = ask_password(options);
    if (!password) return fail(password.error());
    auto client = ConsoleClient::open(session);
    if (!client) return fail(client.error());
    const auto reply =
        client->call("POST", "/api/v1/session", {{"username", options.username}, {"password", *password}});
    if (!reply) return fail(reply.error());
    if (reply->status != 200) return fail(error_of(*reply));
    session.token = reply->cookie;
    if (auto saved = save_session(session); !saved) return saved;
    if (json)
        std::cout << json_text(Json{{"console", session.console}, {"username", session.username}});
    else
        std::cerr << "signed in to " << as_printable(session.console) << " as "
                  << as_printable(session.username) << '\n';
    return {};
}

}  // namespace

void add_login_command(CLI::App& app, Context& context) {
    auto options = std::make_shared<LoginOptions>();
    CLI::App* command = app.add_subcommand("login", "Sign in to a console");
    command->add_option("--console", options->console, "HOST:PORT")->required();
    command->add_option("--username", options->username, "Whose account")->required();
    command->add_option("--password-file", options->password_file, "Take the password from this file");
    command->add_option("--ca", options->ca_file,
                        "Trust this CA certificate (default: the operating system's certificate store)");
    command->callback(
        [options, &context] { run_command(context, [&] { return login(*options, context.json); }); });
}

}  // namespace modelward::cli
