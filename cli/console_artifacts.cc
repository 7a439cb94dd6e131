// SPDX-License-Identifier: Apache-2.0
// modelward artifact add, artifact list.
#include <cstdio>
#include <iostream>

#include "base/printable.h"
#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/fingerprint_files.h"
#include "cli/output.h"
#include "fingerprint/fingerprint.h"
#include "wire/base64.h"

namespace modelward::cli {
namespace {

struct AddOptions {
    std::string file;
    std::string name;
    std::string class_name;
    std::string kind;
};

// The file is read here; only its fingerprint leaves this machine.
Result<void> add(const AddOptions& options, bool json) {
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto fingerprint = fingerprint_of(options.file);
    if (!fingerprint) return fail(fingerprint.error());
    if (options.file.ends_with(".mwfp"))
        return fail(ErrorCode::kInvalid,
                    options.file + " is a fingerprint; register the file it was made of");
    warn(warning_of(*fingerprint, options.file));
    const auto artifact = client->require("POST", "/api/v1/artifacts",
                                          {{"name", options.name},
                                           {"kind", options.kind},
                                           {"class", options.class_name},
                                           {"fingerprint_base64", wire::to_base64(serialize(*fingerprint))}});
    if (!artifact) return fail(artifact.error());
    if (json) {
        std::cout << json_text(*artifact);
    } else {
        std::cout << "registered " << as_printable(options.name) << " as "
                  << as_printable(artifact->value("id", "")) << " (" << fingerprint->format << ", "
                  << fingerprint->file_bytes << " bytes)\n";
    }
    return {};
}

Result<void> list(bool json) {
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto body = client->require("GET", "/api/v1/artifacts");
    if (!body) return fail(body.error());
    if (json) {
        std::cout << json_text(*body);
        return {};
    }
    if (body->value("artifacts", Json::array()).empty()) std::cerr << "no artifacts\n";
    for (const Json& artifact : body->value("artifacts", Json::array())) {
        std::printf("%-36s  %-12s  %-12s  %14llu  %s\n", as_printable(artifact.value("id", "")).c_str(),
                    as_printable(artifact.value("class", "")).c_str(),
                    as_printable(artifact.value("kind", "")).c_str(),
                    static_cast<unsigned long long>(artifact.value("bytes", std::uint64_t{0})),
                    as_printable(artifact.value("name", "")).c_str());
    }
    return {};
}

}  // namespace

void add_artifact_commands(CLI::App& app, Context& context) {
    CLI::App* artifact = app.add_subcommand("artifact", "Registered artifacts")->require_subcommand(1);
    auto options = std::make_shared<AddOptions>();
    CLI::App* adding =
        artifact->add_subcommand("add", "Fingerprint a file here and register it with the console");
    adding->add_option("FILE", options->file, "The model, adapter, dataset, …")->required();
    adding->add_option("--name", options->name, "What analysts call it")->required();
    adding
        ->add_option("--class", options->class_name, "public, internal, confidential, restricted or your own")
        ->required();
    adding
        ->add_option("--kind", options->kind,
                     "weights, adapter, optimizer-state, tokenizer, config, training-log, "
                     "dataset or code")
        ->required();
    adding->callback(
        [options, &context] { run_command(context, [&] { return add(*options, context.json); }); });
    CLI::App* listing = artifact->add_subcommand("list", "List what is registered");
    listing->callback([&context] { run_command(context, [&] { return list(context.json); }); });
}

}  // namespace modelward::cli
