// SPDX-License-Identifier: Apache-2.0
// What the kernel programs cost: the same operations with nothing attached, with empty programs on the same
// hooks, and with the sensor (256 rules, 100,000 labels), by a process that is not tainted and by one that
// is; and, for comparison, while auditd watches FOLDER.
//
// usage, as root in a guest started with --icount: kernel_cost KERNEL_OPERATIONS FOLDER AUDITED_COMMAND
// AUDITED_COMMAND: tests/bench/audited and its arguments; what follows it runs under auditd.
// Prints Markdown. In such a guest nanoseconds are counted instructions.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/sensor/start.h"
#include "base/unique_fd.h"
#include "bpf/shared.h"
// The generated header speaks C.
#define _Bool bool
#include "bpf/modelward.skel.h"
#undef _Bool

namespace {

using namespace modelward;
using Costs = nlohmann::ordered_json;

constexpr const char* kPins = "/sys/fs/bpf/modelward";
constexpr std::uint32_t kLabels = 100'000;
constexpr std::uint32_t kManyLabels = 1'000'000;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "kernel_cost: %s\n", what.c_str());
    std::exit(1);
}

Costs measure(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    char buffer[4096];
    for (std::size_t got = 0; output && (got = std::fread(buffer, 1, sizeof buffer, output.get())) > 0;)
        text.append(buffer, got);
    auto costs = Costs::parse(text, nullptr, false);
    if (costs.is_discarded()) give_up(command + " printed no JSON");
    return costs;
}

// `return 0`, once on every hook that the sensor's programs are on and by the same way in.
class EmptyPrograms {
  public:
    explicit EmptyPrograms(bool lsm) {
        const std::unique_ptr<modelward_bpf, void (*)(modelward_bpf*)> ours(modelward_bpf__open(),
                                                                            modelward_bpf__destroy);
        std::set<std::string> seen;
        bpf_program* program = nullptr;
        while ((program = ::bpf_object__next_program(ours->obj, program))) {
            const std::string section = ::bpf_program__section_name(program);
            if (seen.insert(section).second) attach(section, lsm);
        }
    }
    std::size_t size() const { return links_.size(); }

  private:
    void attach(const std::string& section, bool lsm) {
        const auto slash = section.find('/');
        const std::string kind = section.substr(0, slash), name = section.substr(slash + 1);
        bpf_attach_type type = BPF_LSM_MAC;
        std::string function = name;
        if (kind == "lsm" && !lsm) {
            type = BPF_MODIFY_RETURN;
            function = "security_" + (name == "bprm_check_security" ? std::string("bprm_check") : name);
        } else if (kind == "fentry") {
            type = BPF_TRACE_FENTRY;
        } else if (kind == "fexit") {
            type = BPF_TRACE_FEXIT;
        } else if (kind == "tp_btf") {
            type = BPF_TRACE_RAW_TP;
        }
        const int id = ::libbpf_find_vmlinux_btf_id(function.c_str(), type);
        if (id <= 0) return;  // not on this kernel; the sensor leaves it out too
        const bpf_insn code[] = {{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
                                 {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
        bpf_prog_load_opts options{};
        options.sz = sizeof options;
        options.expected_attach_type = type;
        options.attach_btf_id = static_cast<std::uint32_t>(id);
        UniqueFd loaded(::bpf_prog_load(type == BPF_LSM_MAC ? BPF_PROG_TYPE_LSM : BPF_PROG_TYPE_TRACING,
                                        "empty", "GPL", code, std::size(code), &options));
        if (!loaded) give_up("load an empty program for " + section);
        UniqueFd link(::bpf_raw_tracepoint_open(nullptr, loaded.get()));
        if (!link) give_up("attach an empty program to " + section);
        links_.push_back(std::move(link));
    }
    std::vector<UniqueFd> links_;
};

rules::CompiledPolicy policy_of_256_rules() {
    rules::CompiledPolicy policy;
    policy.classes = {{"restricted", 64 * 1024}};
    rules::RuleSet all;
    for (std::size_t i = 0; i < kernel::kRules; ++i) {
        const std::string id = fmt::format("rule-{}", i);
        policy.rules.push_back({id, id, rules::Level::kHigh, rules::Action::kAlert, 1ULL << 40, 0, ""});
        all.set(i);
    }
    policy.class_rules[0] = all;
    policy.kind_rules.fill(all);
    for (auto& operation : policy.operation_rules)
        operation = all;
    policy.operation_rules[0].reset();
    policy.destinations = {{{}, 0, all}};
    policy.other_port_rules = all;
    policy.other_user_rules = all;
    return policy;
}

UniqueFd pinned(const std::string& name) {
    UniqueFd opened(::bpf_obj_get((std::string(kPins) + "/" + name).c_str()));
    if (!opened) give_up("open " + name);
    return opened;
}

void fill_labels(std::uint32_t from, std::uint32_t to) {
    const UniqueFd map = pinned("maps/labels"), variables = pinned("maps/variables");
    void* mapped =
        ::mmap(nullptr, sizeof(kernel::variables), PROT_READ | PROT_WRITE, MAP_SHARED, variables.get(), 0);
    if (mapped == MAP_FAILED) give_up("map the hints");
    const std::span hints(static_cast<kernel::variables*>(mapped)->label_hints);
    kernel::label label{};
    label.marks = {1, 1, {8, 0, 0, 0}};
    label.origin = kernel::kOriginConfirmed;
    for (std::uint32_t i = from; i < to; ++i) {
        const kernel::inode_key key{1'000'000ULL + i, 0xfffff, i};
        const std::uint64_t slot = MODELWARD_LABEL_SLOT(key.inode);
        hints[slot / 32] |= 1U << (slot % 32);
        if (::bpf_map_update_elem(map.get(), &key, &label, BPF_ANY) != 0) give_up("fill the labels");
    }
    ::munmap(mapped, sizeof(kernel::variables));
}

std::uint64_t available_kib() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    std::uint64_t value = 0;
    for (std::string unit; file >> name >> value; std::getline(file, unit))
        if (name == "MemAvailable:") return value;
    return 0;
}

void label_file(agent::Sensor& sensor, const std::string& path) {
    std::ofstream(path) << std::string(65536, 'w');
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    agent::Label label;
    label.classes = label.kinds = 1;
    if (auto put = sensor.label(fd.get(), label); !put) give_up(put.error().message());
}

// Runs the operations once more and prints the programs that took part, with what each call of one took.
void print_programs(const std::string& title, const std::string& command) {
    const UniqueFd statistics(::bpf_enable_stats(BPF_STATS_RUN_TIME));
    if (!statistics) give_up("enable the kernel's statistics of programs");
    const auto read = [] {
        std::map<std::string, std::pair<double, double>> all;
        for (const auto& entry : std::filesystem::directory_iterator(std::string(kPins) + "/programs")) {
            const std::string name = entry.path().filename();
            bpf_prog_info info{};
            std::uint32_t size = sizeof info;
            if (::bpf_obj_get_info_by_fd(pinned("programs/" + name).get(), &info, &size) == 0)
                all[name] = {static_cast<double>(info.run_cnt), static_cast<double>(info.run_time_ns)};
        }
        return all;
    };
    const auto before = read();
    measure(command);
    fmt::print("\n{}:\n\n| program | calls | ns each |\n|---|---|---|\n", title);
    for (const auto& [name, after] : read()) {
        const double calls = after.first - before.at(name).first;
        if (calls >= 1000)
            fmt::print("| {} | {:.0f} | {:.0f} |\n", name, calls,
                       (after.second - before.at(name).second) / calls);
    }
}

std::string ratio(double over, double base) {
    return base > 0 ? fmt::format("{:.2f}x", over / base) : "-";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) give_up("usage: kernel_cost KERNEL_OPERATIONS FOLDER AUDITED_COMMAND");
    const std::string command = std::string(argv[1]) + " " + argv[2];
    const std::string model = std::string(argv[2]) + "/model.bin";
    const Costs nothing = measure(command);
    const bool lsm = [] {
        std::ifstream file("/sys/kernel/security/lsm");
        std::string list;
        std::getline(file, list);
        return ("," + list + ",").find(",bpf,") != std::string::npos;
    }();
    Costs empty;
    std::size_t hooks = 0;
    {
        const EmptyPrograms programs(lsm);
        hooks = programs.size();
        empty = measure(command);
    }
    auto started = agent::start_sensor({});
    if (!started) give_up(started.error().message());
    auto& sensor = **started;
    if (auto applied = sensor.apply(policy_of_256_rules(), 1); !applied) give_up(applied.error().message());
    fill_labels(0, kLabels);
    label_file(sensor, model);
    const Costs untainted = measure(command);
    const Costs tainted = measure(command + " " + model);
    const auto before = available_kib();
    fill_labels(kLabels, kManyLabels);
    const auto after = available_kib();
    const Costs many = measure(command);
    print_programs("Untainted", command);
    print_programs("Tainted", command + " " + model);
    const auto kernel = sensor.info().kernel, name = sensor.info().name;
    if (auto removed = sensor.remove(); !removed) give_up(removed.error().message());
    started->reset();
    // Last: once the kernel has audited, every later process takes the slow way into system calls.
    const Costs audited = measure(std::string(argv[3]) + " " + command);

    fmt::print("\nLinux {}, {}; {} hooks; ns are counted instructions\n\n", kernel, name, hooks);
    fmt::print(
        "| operation | nothing | empty | sensor | extra over empty's | tainted | extra over empty's | "
        "1,000,000 labels | auditd |\n|---|---|---|---|---|---|---|---|---|\n");
    for (const auto& [operation, value] : nothing.items()) {
        const double base = value, none = empty[operation].get<double>() - base;
        const double with = untainted[operation], marked = tainted[operation];
        fmt::print(
            "| {} | {:.0f} | {:+.1f} % | {:+.1f} % | {} | {:+.1f} % | {} | {:+.1f} % | {:+.1f} % "
            "|\n",
            operation, base, 100 * none / base, 100 * (with - base) / base, ratio(with - base, none),
            100 * (marked - base) / base, ratio(marked - base, none),
            100 * (many[operation].get<double>() - base) / base,
            100 * (audited[operation].get<double>() - base) / base);
    }
    fmt::print("\n{} further labels took {} KiB of memory: {:.0f} bytes each.\n", kManyLabels - kLabels,
               before - after, static_cast<double>(before - after) * 1024 / (kManyLabels - kLabels));
    return 0;
}
