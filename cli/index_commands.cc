// SPDX-License-Identifier: Apache-2.0
// modelward index add, list, remove, verify.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/hex.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/fingerprint_files.h"
#include "cli/index_folder.h"
#include "cli/output.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kDone = 0;
constexpr int kNo = 1;
constexpr int kFailed = 2;

struct IndexOptions {
    std::string folder;
    std::vector<std::string> arguments{};  // files or names
    std::optional<std::string> name{};
    bool is_public = false;
};

int failed(const Error& error) {
    complain(error);
    return kFailed;
}

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
}

// The names of the artifacts that are there, by what they were made of.
using Known = std::map<std::pair<std::array<std::uint8_t, 32>, std::uint64_t>, std::string>;

Known known_of(const NamedIndex& index) {
    Known known;
    for (std::uint32_t place = 0; place < index.names.size(); ++place) {
        const auto& artifact = index.index.tables().artifact(place);
        known.try_emplace({artifact.sha256, artifact.file_bytes}, index.names[place]);
    }
    return known;
}

// Puts the fingerprint of one file, or the one that it is, into the folder.
Result<void> add_file(const IndexOptions& options, Known& known, const std::string& path, bool json) {
    const bool is_fingerprint = is_fingerprint_file(path);
    const fs::path file_name = fs::path(path).filename();
    const std::string plain =
        options.name.value_or(is_fingerprint ? file_name.stem().string() : file_name.string());
    const std::string name = (options.is_public ? std::string(kPublicPrefix) : "") + plain;
    if (auto sound = check_artifact_name(name); !sound) return fail(sound.error());
    const auto fingerprint = is_fingerprint ? read_fingerprint_file(path) : fingerprint_of(path);
    if (!fingerprint) return fail(fingerprint.error());
    const std::pair content(fingerprint->sha256, fingerprint->file_bytes);
    if (const auto same = known.find(content); same != known.end()) {
        if (same->second.starts_with(kPublicPrefix) != options.is_public)
            return fail(ErrorCode::kConflict,
                        path + ": in the index already, " +
                            (options.is_public ? "and not as public: " : "as public: ") + same->second +
                            "; remove that one first with: modelward index remove");
        print(json ? json_text(Json{{"file", path}, {"artifact", same->second}, {"added", false}}, -1)
                   : as_printable(path) + ": in the index already, as " + as_printable(same->second) + "\n");
        return {};
    }
    const std::string target = fingerprint_path(options.folder, name);
    std::error_code error;
    if (fs::exists(fs::symlink_status(target, error)))
        return fail(ErrorCode::kConflict,
                    "the index holds another '" + name +
                        "': give this one a name of its own with --name, or remove that "
                        "one first with: modelward index remove");
    if (auto written = write_fingerprint_file(target, *fingerprint); !written) return fail(written.error());
    print(json ? json_text(Json{{"file", path}, {"artifact", name}, {"added", true}}, -1)
               : as_printable(path) + ": added as " + as_printable(name) + "\n");
    warn(warning_of(*fingerprint, path));
    known[content] = name;
    return {};
}

int run_add(const IndexOptions& options, bool json) {
    if (options.name && options.arguments.size() != 1)
        return failed({ErrorCode::kInvalid, "--name takes one FILE"});
    if (options.name && options.name->starts_with(kPublicPrefix))
        return failed({ErrorCode::kInvalid, "a public one is taken in with --public"});
    if (options.is_public && options.arguments.empty())
        return failed(
            {ErrorCode::kInvalid, "--public takes FILEs; fingerprints that were copied there are public in " +
                                      (fs::path(options.folder) / kPublicPrefix).string()});
    std::error_code error;
    fs::create_directories(fs::path(options.folder) / (options.is_public ? kPublicPrefix : ""), error);
    if (error) return failed({ErrorCode::kIo, options.folder + ": " + error.message()});
    const auto lock = lock_folder(options.folder);
    if (!lock) return failed(lock.error());
    const auto index = load_index({options.folder});
    if (!index && index.error().code() != ErrorCode::kNotFound) return failed(index.error());
    Known known = index ? known_of(*index) : Known{};
    int exit_code = kDone;
    for (const std::string& path : options.arguments)
        if (auto added = add_file(options, known, path, json); !added) exit_code = failed(added.error());
    const auto change = update_index(options.folder);
    if (!change) return failed(change.error());
    if (options.arguments.empty() && json)
        print(json_text(Json{{"added", change->added},
                             {"dropped", change->dropped},
                             {"artifacts", change->kept + change->added}},
                        -1));
    else if (options.arguments.empty())
        print(std::to_string(change->added) + " added, " + std::to_string(change->dropped) + " dropped, " +
              std::to_string(change->kept + change->added) + " in the index\n");
    return exit_code;
}

int run_list(const IndexOptions& options, bool json) {
    const auto index = load_index({options.folder});
    if (!index) return failed(index.error());
    Json lines = Json::array();
    for (std::uint32_t place = 0; place < index->names.size(); ++place) {
        const auto& artifact = index->index.tables().artifact(place);
        const std::string sha256 = to_hex(artifact.sha256);
        if (json) {
            lines.push_back({{"artifact", index->names[place]},
                             {"public", artifact.is_public != 0},
                             {"bytes", artifact.file_bytes},
                             {"tensors", artifact.tensors},
                             {"chunk_bytes", artifact.chunk_bytes},
                             {"sha256", sha256}});
        } else {
            std::printf(
                "%-40s %14llu bytes  %6u tensors  sha256 %.16s\n", as_printable(index->names[place]).c_str(),
                static_cast<unsigned long long>(artifact.file_bytes), artifact.tensors, sha256.c_str());
        }
    }
    if (json) print(json_text(lines));
    return kDone;
}

int run_remove(const IndexOptions& options, bool json) {
    const auto lock = lock_folder(options.folder);
    if (!lock) return failed(lock.error());
    for (const std::string& name : options.arguments) {  // all or none
        if (auto sound = check_artifact_name(name); !sound) return failed(sound.error());
        if (std::error_code error;
            !fs::exists(fs::symlink_status(fingerprint_path(options.folder, name), error)))
            return failed({ErrorCode::kNotFound, "the index holds no '" + name +
                                                     "'; see what it holds with: modelward index list"});
    }
    int exit_code = kDone;
    for (const std::string& name : std::set(options.arguments.begin(), options.arguments.end())) {
        const std::string path = fingerprint_path(options.folder, name);
        if (::unlink(path.c_str()) != 0)
            exit_code = failed(fail_errno(path).error());
        else
            print(json ? json_text(Json{{"artifact", name}, {"removed", true}}, -1)
                       : as_printable(name) + ": removed\n");
    }
    if (auto updated = update_index(options.folder); !updated) return failed(updated.error());
    return exit_code;
}

// What could not be read is not known to be damaged.
bool could_not_read(const Error& error) {
    return error.code() == ErrorCode::kIo || error.code() == ErrorCode::kDenied;
}

int run_verify(const IndexOptions& options, bool json) {
    const auto names = fingerprint_names(options.folder);
    if (!names) return failed(names.error());
    Json damaged = Json::array();
    bool read_all = true;
    const auto note = [&](const std::string& what, const Error& error) {
        complain(error);
        if (could_not_read(error))
            read_all = false;
        else
            damaged.push_back(what);
    };
    for (const std::string& name : *names) {
        const auto fingerprint = read_fingerprint_file(fingerprint_path(options.folder, name));
        if (!fingerprint) note(name, fingerprint.error());
    }
    const auto state = verify_index(options.folder);
    const bool is_behind = !state && state.error().code() == ErrorCode::kConflict;
    if (is_behind)
        complain(state.error());
    else if (!state)
        note(fs::path(index_path(options.folder)).filename().string(), state.error());
    if (json)
        print(json_text(Json{{"fingerprints", names->size()},
                             {"damaged", damaged},
                             {"behind", is_behind},
                             {"read_all", read_all}},
                        -1));
    if (!read_all) return kFailed;
    if (is_behind || !damaged.empty()) return kNo;
    if (json) return kDone;
    print(std::to_string(names->size()) + " fingerprints are sound, and the index is made of them\n");
    return kDone;
}

}  // namespace

void add_index_commands(CLI::App& app, Context& context) {
    CLI::App* index = app.add_subcommand("index", "Keep the fingerprints of many artifacts in a folder");
    index->require_subcommand(1);
    const auto command = [&](const char* name, const char* help, const auto& run) {
        auto options = std::make_shared<IndexOptions>();
        CLI::App* added = index->add_subcommand(name, help);
        added->add_option("DIR", options->folder, "The folder")->required();
        added->callback([options, run, &context] { context.exit_code = run(*options, context.json); });
        return std::pair(added, options);
    };
    const auto [add, adding] =
        command("add", "Take in model files and fingerprints (without FILE: what was copied into DIR)",
                [](const IndexOptions& options, bool json) { return run_add(options, json); });
    add->add_option("FILE", adding->arguments, "Model files, or fingerprints made of them");
    add->add_option_function<std::string>(
        "--name", [options = adding](const std::string& name) { options->name = name; },
        "What to call the artifact (default: the file's name)");
    add->add_flag(
        "--public", adding->is_public,
        "These are known to everybody: a file like them is no accusation, and what an artifact has in "
        "common with them is no evidence");
    command("list", "Say what it holds",
            [](const IndexOptions& options, bool json) { return run_list(options, json); });
    const auto [remove, removing] =
        command("remove", "Forget artifacts",
                [](const IndexOptions& options, bool json) { return run_remove(options, json); });
    remove->add_option("NAME", removing->arguments, "Names, as 'index list' says them")->required();
    const auto [verify, verifying] =
        command("verify", "Read all of it and say whether it is as it was written",
                [](const IndexOptions& options, bool json) { return run_verify(options, json); });
    verify->footer("Exit codes: 0 it is sound, 1 it is damaged or behind, 2 not all of it could be read.");
}

}  // namespace modelward::cli
