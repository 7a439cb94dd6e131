// SPDX-License-Identifier: Apache-2.0
// modelward fingerprint, match, compare.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/fingerprint_files.h"
#include "cli/index_folder.h"
#include "cli/match_report.h"
#include "cli/model_file.h"
#include "cli/output.h"
#include "fingerprint/classify.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/index/index_builder.h"

namespace modelward::cli {
namespace {

constexpr int kFound = 0;
constexpr int kNotFound = 1;
constexpr int kFailed = 2;

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
}

MatchReport match_file(const std::string& path, const NamedIndex& index, fingerprint::Depth depth) {
    const auto start = std::chrono::steady_clock::now();
    Result<fingerprint::Classification> classification;
    if (const auto file = ModelFile::open(path); file) {
        if (!file->missing().empty()) warn(path + ": " + file->missing());
        classification = fingerprint::classify(file->source(), index.index, depth);
        if (classification && file->unseen()) fingerprint::note(classification->unseen, *file->unseen());
    } else {
        classification = fail(file.error());
    }
    MatchReport report = make_report(path, classification, index.names);
    report.elapsed_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    return report;
}

int exit_code_of(const MatchReport& report) {
    switch (report.verdict) {
        case Verdict::kMatch:
        case Verdict::kDerived:
            return kFound;
        case Verdict::kSameSeed:
        case Verdict::kPublic:
        case Verdict::kNone:
            return was_seen_whole(report) ? kNotFound : kFailed;
        case Verdict::kUnscannable:
            return kFailed;
    }
    return kFailed;
}

struct FingerprintOptions {
    std::vector<std::string> files;
    std::optional<std::string> output;
};

int run_fingerprint(const FingerprintOptions& options, bool json) {
    if (options.output && options.files.size() > 1) {
        complain(
            Error(ErrorCode::kInvalid, "-o takes one FILE; leave it out to write FILE.mwfp beside each"));
        return kFailed;
    }
    int exit_code = kFound;
    for (const std::string& path : options.files) {
        const std::string output = options.output.value_or(path + ".mwfp");
        const auto may = may_write_fingerprint(output, path);  // before the work
        const auto made = may ? fingerprint_of(path) : fail(may.error());
        const Result<void> written =
            made ? write_fingerprint_file(output, *made) : Result<void>(fail(made.error()));
        if (!written) {
            complain(written.error());
            exit_code = kFailed;
            continue;
        }
        print(to_summary(path, output, *made, json));
        warn(warning_of(*made, path));
    }
    return exit_code;
}

struct MatchOptions {
    std::vector<std::string> files;
    std::vector<std::string> index;
    bool sampled = false;
};

// The worst of the files' answers: an error beats a match, a match beats none.
int run_match(const MatchOptions& options, bool json) {
    const auto index = load_index(options.index);
    if (!index) {
        complain(index.error());
        return kFailed;
    }
    bool found = false;
    bool failed = false;
    for (const std::string& path : options.files) {
        const auto depth = options.sampled ? fingerprint::Depth::kSampled : fingerprint::Depth::kFull;
        const MatchReport report = match_file(path, *index, depth);
        print(json ? to_json_line(report) : to_text(report));
        std::fflush(stdout);
        found |= exit_code_of(report) == kFound;
        failed |= exit_code_of(report) == kFailed;
    }
    return failed ? kFailed : found ? kFound : kNotFound;
}

struct CompareOptions {
    std::string left;
    std::string right;
};

int run_compare(const CompareOptions& options, bool json) {
    if (is_fingerprint_file(options.right)) {
        complain(Error(ErrorCode::kInvalid, options.right +
                                                " is a fingerprint: B has to be the file to look at, "
                                                "only A may be a fingerprint"));
        return kFailed;
    }
    const bool is_fingerprint =
        std::filesystem::path(options.left).extension() == ".mwfp" || is_fingerprint_file(options.left);
    const auto left = is_fingerprint ? read_fingerprint_file(options.left) : fingerprint_of(options.left);
    if (!left) {
        complain(left.error());
        return kFailed;
    }
    fingerprint::IndexBuilder builder;
    builder.add(0, *left);
    auto index = builder.build();
    if (!index) {
        complain(index.error());
        return kFailed;
    }
    const MatchReport report =
        match_file(options.right, {std::move(*index), {options.left}}, fingerprint::Depth::kFull);
    print(json ? to_json_line(report) : to_text(report, "nothing of " + options.left));
    return exit_code_of(report);
}

}  // namespace

void add_fingerprint_commands(CLI::App& app, Context& context) {
    auto make = std::make_shared<FingerprintOptions>();
    CLI::App* fingerprint = app.add_subcommand("fingerprint", "Make the fingerprint of a model file");
    fingerprint->add_option("FILE", make->files, "Model files")->required();
    fingerprint->add_option_function<std::string>(
        "-o,--output", [make](const std::string& path) { make->output = path; },
        "Where to write it (default: FILE.mwfp)");
    fingerprint->callback([make, &context] { context.exit_code = run_fingerprint(*make, context.json); });

    auto match = std::make_shared<MatchOptions>();
    CLI::App* matching = app.add_subcommand("match", "Say which registered artifacts a file contains");
    matching->add_option("FILE", match->files, "Files to look at")->required();
    matching
        ->add_option("--index", match->index,
                     "Fingerprint file, or folder of them; may be given several times")
        ->required()
        ->allow_extra_args(false);
    matching->footer(kExitCodes);
    matching->add_flag("--sampled", match->sampled, "Look at the header and samples of the tensors only");
    matching->callback([match, &context] { context.exit_code = run_match(*match, context.json); });

    auto compare = std::make_shared<CompareOptions>();
    CLI::App* comparing = app.add_subcommand("compare", "Say whether B contains A");
    comparing->add_option("A", compare->left, "Model file or fingerprint")->required();
    comparing->add_option("B", compare->right, "File to look at")->required();
    comparing->footer(kExitCodes);
    comparing->callback([compare, &context] { context.exit_code = run_compare(*compare, context.json); });
}

}  // namespace modelward::cli
