// SPDX-License-Identifier: Apache-2.0
// modelward-console: the subcommands. Exit codes: 0 done, 2 error (the reason is on standard error).
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <ranges>

#include "base/command_line/unknown_command.h"
#include "base/printable.h"
#include "base/service_notify.h"
#include "console/server/clock.h"
#include "console/server/console.h"
#include "console/server/enrollment.h"
#include "console/server/initialize.h"
#include "console/server/log.h"
#include "console/server/passwords.h"
#include "console/server/server_certificate.h"
#include "console/server/store/users.h"
#include "wire/secret_file.h"

namespace modelward::console {
namespace {

struct Arguments {
    std::string state_dir = "/var/lib/modelward-console";
    std::string rules = "/usr/share/modelward/packs/core";
    std::vector<std::string> hostnames;
    std::string password_file;
    std::string listen = "0.0.0.0:8443";
    std::string agents_listen = "0.0.0.0:8444";
    int retention_months = 13;
    int audit_months = 36;
    std::int64_t valid_minutes = 60;
    std::string username;
    std::string role = "analyst";

    StateDirectory state() const { return {state_dir}; }
};

// What is wrong with a rule pack comes a line each.
void complain(std::string_view message) {
    std::cerr << "modelward-console: ";
    for (const auto line : std::views::split(message, '\n'))
        std::cerr << as_printable(std::string_view(line.begin(), line.end())) << '\n';
}

Result<std::string> read_password(const std::string& path) {
    auto text = wire::read_small_file(path, 4096);
    if (!text) return text;
    while (text->ends_with('\n') || text->ends_with('\r'))
        text->pop_back();
    return text;
}

Result<void> init(const Arguments& arguments) {
    InitializeOptions options{arguments.state(), arguments.hostnames, std::nullopt, arguments.rules};
    if (!arguments.password_file.empty()) {
        auto password = read_password(arguments.password_file);
        if (!password) return fail(password.error());
        options.password = std::move(*password);
    }
    const auto done = initialize(options);
    if (!done) return fail(done.error());
    std::cout << "console made in " << arguments.state_dir << ", bundle " << done->bundle_version
              << " published\n"
              << "names in its certificate:";
    for (const std::string& name : done->names)
        std::cout << ' ' << name;
    std::cout << "\ncertificate authority: " << options.state.ca_certificate().string() << "\nuser: admin\n";
    if (done->generated_password) std::cout << "password (shown once): " << *done->generated_password << '\n';
    return {};
}

Result<void> serve(const Arguments& arguments) {
    // Blocked before any thread starts, so that only sigwait() below sees them.
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    auto console = Console::open({.state = arguments.state(),
                                  .listen = arguments.listen,
                                  .agents_listen = arguments.agents_listen,
                                  .retention_months = arguments.retention_months,
                                  .audit_months = arguments.audit_months});
    if (!console) return fail(console.error());
    (*console)->start();
    log_info("people on " + arguments.listen + ", agents on " + arguments.agents_listen);
    notify_service("READY=1");
    int received = 0;
    sigwait(&ending, &received);
    notify_service("STOPPING=1");
    log_info("stopping");
    (*console)->stop();
    return {};
}

Result<void> renew(const Arguments& arguments) {
    const auto renewed = renew_server_certificate(arguments.state(), arguments.hostnames);
    if (!renewed) return fail(renewed.error());
    std::cout << "the console has a new certificate for " << renewed->days << " days, with the names";
    for (const std::string& name : renewed->names)
        std::cout << ' ' << name;
    std::cout << "\nrestart the service to use it\n";
    for (const std::string& name : renewed->dropped)
        std::cout << "who uses the name " << name
                  << " can no longer connect: renew with all names to have it back\n";
    return {};
}

Result<void> create_token(const Arguments& arguments) {
    auto config = ConfigDatabase::open(arguments.state().config_database(), false);
    if (!config) return fail(config.error());
    const auto authority = load_authority(arguments.state());
    if (!authority) return fail(authority.error());
    const auto token =
        create_enrollment_token(**config, *authority, arguments.valid_minutes, unix_ms_now(), local_actor());
    if (!token) return fail(token.error());
    std::cout << token->text << '\n';
    return {};
}

// Adds a user or changes a password; a password that no file gives is generated and printed.
Result<void> with_password(const Arguments& arguments, bool add) {
    auto config = ConfigDatabase::open(arguments.state().config_database(), false);
    if (!config) return fail(config.error());
    const bool given = !arguments.password_file.empty();
    const auto password =
        given ? read_password(arguments.password_file) : Result<std::string>(generate_password());
    if (!password) return fail(password.error());
    const auto hash = hash_password(*password);
    if (!hash) return fail(hash.error());
    auto done =
        add ? add_user(**config, arguments.username, *hash, arguments.role, unix_ms_now(), local_actor())
            : set_password(**config, arguments.username, *hash, unix_ms_now(), local_actor());
    if (done && !given) std::cout << "password (shown once): " << *password << '\n';
    return done;
}

int run(int argc, char** argv) {
    Arguments arguments;
    std::function<Result<void>()> chosen;
    CLI::App app{"The Modelward console: takes in events from agents, shows incidents, publishes rules",
                 "modelward-console"};
    app.set_version_flag("--version", MODELWARD_VERSION);
    app.require_subcommand(1);
    const auto add_state = [&arguments](CLI::App& command) {
        command.add_option("--state-dir", arguments.state_dir, "Where keys and databases lie")
            ->capture_default_str();
    };
    const auto add_password = [&arguments](CLI::App& command, const char* name) {
        command.add_option(name, arguments.password_file,
                           "Take the password from this file; otherwise one is "
                           "generated and printed once");
    };

    CLI::App& init_command =
        *app.add_subcommand("init", "Make keys, certificates, databases and the user 'admin'");
    add_state(init_command);
    init_command.add_option("--hostname", arguments.hostnames,
                            "A name or address that agents and people use for this console (repeatable)");
    add_password(init_command, "--admin-password-file");
    init_command.add_option("--rules", arguments.rules, "The rules of the first bundle")
        ->capture_default_str();
    init_command.callback([&] { chosen = [&] { return init(arguments); }; });

    CLI::App& serve_command = *app.add_subcommand("serve", "Run the console until SIGTERM");
    add_state(serve_command);
    serve_command.add_option("--listen", arguments.listen, "ADDRESS:PORT for people")->capture_default_str();
    serve_command.add_option("--agents-listen", arguments.agents_listen, "ADDRESS:PORT for agents")
        ->capture_default_str();
    serve_command
        .add_option("--retention-months", arguments.retention_months,
                    "Keep the events of the running month and this many before it; 0 keeps all")
        ->check(CLI::Range(0, 1200))
        ->capture_default_str();
    serve_command
        .add_option("--audit-months", arguments.audit_months,
                    "Keep the audit log of the running month and this many before it; 0 keeps all")
        ->check(CLI::Range(0, 1200))
        ->capture_default_str();
    serve_command.callback([&] { chosen = [&] { return serve(arguments); }; });

    CLI::App& renew_command =
        *app.add_subcommand("renew", "Replace the console's own certificate and key by new ones");
    add_state(renew_command);
    renew_command.add_option("--hostname", arguments.hostnames,
                             "A name or address for it (repeatable); otherwise those that it has");
    renew_command.callback([&] { chosen = [&] { return renew(arguments); }; });

    CLI::App& tokens = *app.add_subcommand("enrollment-token", "Admit new hosts")->require_subcommand(1);
    CLI::App& create = *tokens.add_subcommand("create", "Print a token that admits one host");
    add_state(create);
    create.add_option("--valid-minutes", arguments.valid_minutes, "How long the token may be used")
        ->capture_default_str();
    create.callback([&] { chosen = [&] { return create_token(arguments); }; });

    CLI::App& users = *app.add_subcommand("user", "People who sign in")->require_subcommand(1);
    CLI::App& add = *users.add_subcommand("add", "Add a user");
    CLI::App& passwd = *users.add_subcommand("passwd", "Change a user's password and end their sessions");
    for (CLI::App* command : {&add, &passwd}) {
        add_state(*command);
        command->add_option("USERNAME", arguments.username)->required();
        add_password(*command, "--password-file");
    }
    add.add_option("--role", arguments.role, "admin changes things, analyst looks")->capture_default_str();
    add.callback([&] { chosen = [&] { return with_password(arguments, true); }; });
    passwd.callback([&] { chosen = [&] { return with_password(arguments, false); }; });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const std::span words(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
        const auto unknown = error.get_exit_code() == 0 ? std::nullopt : unknown_command(app, words);
        if (unknown) {
            complain(*unknown);
            return 2;
        }
        return app.exit(error) == 0 ? 0 : 2;
    }
    const auto outcome = chosen();
    if (outcome) return 0;
    complain(outcome.error().message());
    return 2;
}

}  // namespace
}  // namespace modelward::console

int main(int argc, char** argv) {
    return modelward::console::run(argc, argv);
}
