// SPDX-License-Identifier: Apache-2.0
// modelward scan.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "base/hex.h"
#include "base/printable.h"
#include "base/write_all.h"
#include "cli/commands.h"
#include "cli/index_folder.h"
#include "cli/output.h"
#include "cli/scan_run.h"

namespace modelward::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFound = 0;
constexpr int kNothing = 1;
constexpr int kFailed = 2;

struct ScanOptions {
    std::vector<std::string> paths;
    std::vector<std::string> index;
    std::optional<std::string> state;
    bool sampled = false;
};

volatile std::sig_atomic_t stop = 0;

// The first signal ends the run in order, the second at once.
void stop_on_signal() {
    struct sigaction action{};
    action.sa_handler = [](int) { stop = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before{};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);  // nohup
    }
}

// What the scanner inherits: the index in memory, which no file's name leads to.
Result<UniqueFd> index_in_memory(std::span<const std::uint8_t> index) {
    UniqueFd fd(::memfd_create("modelward-index", MFD_CLOEXEC));
    if (!fd) return fail_errno("memfd_create");
    if (auto written = write_all(fd.get(), index); !written)
        return fail(written.error().with_context("the index for the scanner"));
    return fd;
}

// A line on a terminal's standard error, five times a second.
class ProgressLine {
  public:
    ~ProgressLine() { clear(); }
    void clear() {
        if (shown_) std::fputs("\r\033[K", stderr);
        shown_ = false;
    }
    void show(const ScanTotals& totals, std::uint64_t to_read) {
        const auto now = std::chrono::steady_clock::now();
        if (!terminal_ || now < next_) return;
        next_ = now + std::chrono::milliseconds(200);
        shown_ = true;
        std::fprintf(stderr, "\r%llu files, %llu found, %llu to read in full\033[K",
                     static_cast<unsigned long long>(totals.files),
                     static_cast<unsigned long long>(totals.found), static_cast<unsigned long long>(to_read));
    }

  private:
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    std::chrono::steady_clock::time_point next_{};
    bool shown_ = false;
};

std::string summary(const ScanTotals& totals, bool remembers) {
    const auto count = [](std::uint64_t number, const char* what) {
        return number == 0 ? std::string() : ", " + std::to_string(number) + " " + what;
    };
    std::string text = std::to_string(totals.files) + " files" +
                       count(totals.unchanged, "unchanged since the last run") + ", " +
                       std::to_string(totals.found) + " found" + count(totals.partly, "looked into in part") +
                       count(totals.unscannable, "unscannable") + count(totals.unreadable, "not readable") +
                       count(totals.skipped_folders, "folders not readable or too deep") + "\n";
    for (const std::string& mount : totals.mounts)
        text += "not entered, another file system: " + as_printable(mount) +
                "; name it as a PATH to have it scanned\n";
    if (totals.stopped)
        text +=
            remembers ? "stopped; run it again to go on\n" : "stopped; with --state FILE a run can go on\n";
    return text;
}

std::string summary_json(const ScanTotals& totals) {
    return json_text(Json{{"files", totals.files},
                          {"unchanged", totals.unchanged},
                          {"sampled", totals.sampled},
                          {"read", totals.read},
                          {"found", totals.found},
                          {"partly", totals.partly},
                          {"unscannable", totals.unscannable},
                          {"unreadable", totals.unreadable},
                          {"skipped_folders", totals.skipped_folders},
                          {"mounts", totals.mounts},
                          {"stopped", totals.stopped}},
                     -1);
}

Result<int> scan(const ScanOptions& options, bool json) {
    const auto index = load_index(options.index);
    if (!index) return fail(index.error());
    const auto bytes = index->index.file();
    auto in_memory = index_in_memory(bytes);
    if (!in_memory) return fail(in_memory.error());
    const auto program = find_scanner();
    if (!program) return fail(program.error());
    auto scanner = ScannerChild::start(*program, std::move(*in_memory));
    if (!scanner) return fail(scanner.error());
    const auto depth = options.sampled ? fingerprint::Depth::kSampled : fingerprint::Depth::kFull;
    std::optional<ScanMemory> memory;
    if (options.state) {
        // The checksum that closes the index says which it is; another program may see more.
        const std::string identity =
            to_hex(bytes.last(32)) + (options.sampled ? " sampled " : " full ") + MODELWARD_VERSION;
        auto opened = ScanMemory::open(*options.state, identity);
        if (!opened) return fail(opened.error());
        memory.emplace(std::move(*opened));
    }
    stop_on_signal();
    ProgressLine line;
    ScanRun run(
        *scanner, index->names, memory ? &*memory : nullptr,
        [&](const MatchReport& report) {
            line.clear();
            std::fputs((json ? to_json_line(report) : to_text(report)).c_str(), stdout);
            std::fflush(stdout);
        },
        [&](const ScanTotals& totals, std::uint64_t to_read) { line.show(totals, to_read); }, stop);
    const auto totals = run.run(options.paths, depth);
    if (!totals) return fail(totals.error());
    line.clear();
    std::fputs((json ? summary_json(*totals) : summary(*totals, memory.has_value())).c_str(), stdout);
    return !totals->looked_at_all() ? kFailed : totals->found != 0 ? kFound : kNothing;
}

int run_scan(const ScanOptions& options, bool json) {
    const auto exit_code = scan(options, json);
    if (exit_code) return *exit_code;
    complain(exit_code.error());
    return kFailed;
}

}  // namespace

void add_scan_command(CLI::App& app, Context& context) {
    auto options = std::make_shared<ScanOptions>();
    CLI::App* scanning =
        app.add_subcommand("scan", "Look through folders for registered artifacts, in a sandboxed process");
    scanning->add_option("PATH", options->paths, "Files and folders")->required();
    scanning
        ->add_option("--index", options->index,
                     "Fingerprint file, or folder of them; may be given several times")
        ->required()
        ->allow_extra_args(false);
    scanning->add_option_function<std::string>(
        "--state", [options](const std::string& path) { options->state = path; },
        "Remember in this file what was seen: a run that was stopped goes on, and a later one looks at what "
        "changed");
    scanning->add_flag("--sampled", options->sampled, "Look at headers and samples only");
    scanning->footer(kExitCodes);
    scanning->callback([options, &context] { context.exit_code = run_scan(*options, context.json); });
}

}  // namespace modelward::cli
