// SPDX-License-Identifier: Apache-2.0
// What a rule can do in the kernel: kill, throttle, budgets by whom and over sliding windows, programs by
// inode, and one policy or the next but never half of one.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "agent/sensor/file_digest.h"
#include "agent/sensor/package_files.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using rules::Action;

constexpr const char* kOther = "/tmp/another-program";

class VerdictTest : public SensorTest {
  protected:
    // test_policy() with another rule for unapproved destinations, of a meter of its own.
    static rules::CompiledPolicy with_rule(const std::function<void(rules::KernelRule&)>& change) {
        auto policy = test_policy("verdict " + std::to_string(++version));
        change(policy.rules[2]);
        return policy;
    }
    static void apply(const rules::CompiledPolicy& policy) {
        const auto applied = sensor->apply(policy, version);
        ASSERT_TRUE(applied) << applied.error().message();
    }
};

int send_to(int socket, std::size_t bytes, const char* host = kUnapproved) {
    static const std::string block(1 << 16, 'x');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    ::inet_pton(AF_INET, host, &to.sin_addr);
    return outcome(
        ::sendto(socket, block.data(), bytes, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
}

int send_once(const std::string& model, std::size_t bytes, const char* host = kUnapproved) {
    return read_model(model) ? send_to(::socket(AF_INET, SOCK_DGRAM, 0), bytes, host) : 200;
}

TEST_F(VerdictTest, KillEndsTheProcessWithAllItsThreadsAndNothingGoesOut) {
    const std::string model = make_model("model");
    apply(with_rule([](auto& rule) { rule.action = Action::kKill, rule.budget_bytes = 0; }));
    (void)events();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(send_once(model, 100));
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    const auto told = events();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().action, Action::kKill);
    EXPECT_EQ(told.back().ring, agent::KernelRing::kBlocks);
    EXPECT_EQ(told.back().process.pid, static_cast<std::uint32_t>(child));
}

TEST_F(VerdictTest, AThrottleRefusesForNowWhatGoesBeyondItsRate) {
    constexpr std::uint64_t kRate = 64 * 1024;
    constexpr std::uint64_t kPiece = 4096;
    const std::string model = make_model("model");
    apply(with_rule(
        [](auto& rule) { rule.action = Action::kThrottle, rule.budget_bytes = 0, rule.rate_bytes = kRate; }));
    struct Seen {
        std::uint64_t sent, refused;
    };
    auto* seen = static_cast<Seen*>(
        ::mmap(nullptr, sizeof(Seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    constexpr int kSeconds = 3;
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
                  if (send_to(socket, 0) != 0) return 201;
                  timespec start{}, now{};
                  ::clock_gettime(CLOCK_BOOTTIME, &start);
                  do {
                      const int error = send_to(socket, kPiece);
                      if (error != 0 && error != EAGAIN) return error;
                      (error ? seen->refused : seen->sent) += error ? 1 : kPiece;
                      ::clock_gettime(CLOCK_BOOTTIME, &now);
                  } while (now.tv_sec - start.tv_sec < kSeconds ||
                           (now.tv_sec - start.tv_sec == kSeconds && now.tv_nsec < start.tv_nsec));
                  return 0;
              }),
              0);
    EXPECT_GT(seen->refused, 0u);
    EXPECT_GE(seen->sent, kRate * kSeconds);
    EXPECT_LE(seen->sent, kRate * (kSeconds + 1) + kPiece) << "a second's worth at once, then the rate";
    EXPECT_EQ(in_child([&] { return send_once(model, kRate + 1); }), EAGAIN) << "more than a second's worth";
    bool told = false;
    for (const auto& event : events())
        told |= event.action == Action::kThrottle && event.ring == agent::KernelRing::kBlocks;
    EXPECT_TRUE(told);
}

// A window of three seconds: in no three seconds does more than the budget get through, and it comes back.
TEST_F(VerdictTest, NoWindowHoldsMoreThanTheBudget) {
    constexpr std::uint64_t kBudget = 32 * 1024, kPiece = 1024;
    constexpr double kWindow = 3;
    const std::string model = make_model("model");
    apply(with_rule([](auto& rule) { rule.budget_bytes = kBudget, rule.window_seconds = 3; }));
    constexpr std::size_t kMost = 4096;
    auto* times = static_cast<double*>(
        ::mmap(nullptr, kMost * sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
                  timespec start{}, now{};
                  ::clock_gettime(CLOCK_BOOTTIME, &start);
                  std::size_t count = 0;
                  for (double at = 0; at < 3 * kWindow && count < kMost;) {
                      ::usleep(20'000);
                      const int error = send_to(socket, kPiece);
                      if (error != 0 && error != EPERM) return error;
                      ::clock_gettime(CLOCK_BOOTTIME, &now);
                      at = static_cast<double>(now.tv_sec - start.tv_sec) +
                           static_cast<double>(now.tv_nsec - start.tv_nsec) / 1e9;
                      if (error == 0) times[count++] = at;
                  }
                  return 0;
              }),
              0);
    std::size_t sent = 0;
    while (sent < kMost && times[sent] > 0)
        ++sent;
    EXPECT_GE(sent, 2 * kBudget / kPiece) << "it refills";
    for (std::size_t first = 0; first < sent; ++first) {
        std::size_t last = first;
        while (last < sent && times[last] - times[first] < kWindow - 0.05)
            ++last;
        ASSERT_LE((last - first) * kPiece, kBudget) << "from second " << times[first];
    }
}

TEST_F(VerdictTest, ABudgetBelongsToWhomItSays) {
    const std::string model = make_model("model"), other = make_plain("other-model");
    {
        const UniqueFd fd(::open(other.c_str(), O_RDONLY | O_CLOEXEC));
        ASSERT_TRUE(sensor->label(fd.get(), {.classes = 1, .kinds = 1, .artifacts = {8}}));
    }
    apply(with_rule([](auto& rule) { rule.budget_bytes = 1000, rule.per = rules::kPerArtifact; }));
    EXPECT_EQ(in_child([&] { return send_once(model, 600); }), 0);
    EXPECT_EQ(in_child([&] { return send_once(model, 600); }), EPERM);
    EXPECT_EQ(in_child([&] { return send_once(other, 600); }), 0) << "another artifact, another meter";
    // Whoever carries both pays for both, and what one refuses the other gets back.
    EXPECT_EQ(in_child([&] { return read_model(other) ? send_once(model, 401) : 201; }), EPERM);
    EXPECT_EQ(in_child([&] { return send_once(other, 400); }), 0);
    EXPECT_EQ(in_child([&] { return send_once(other, 1); }), EPERM);
    EXPECT_EQ(in_child([&] { return send_once(model, 400); }), 0);
    EXPECT_EQ(in_child([&] { return send_once(model, 1); }), EPERM);

    apply(with_rule([](auto& rule) { rule.budget_bytes = 1000, rule.per = 0; }));
    EXPECT_EQ(in_child([&] { return ::setuid(1000) == 0 ? send_once(model, 600) : 202; }), 0);
    EXPECT_EQ(in_child([&] { return ::setuid(1001) == 0 ? send_once(other, 600) : 202; }), EPERM);
}

TEST_F(VerdictTest, MetersOutliveAReboot) {
    const std::string model = make_model("model");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 1000, rule.window_seconds = 86'400; });
    apply(policy);
    EXPECT_EQ(in_child([&] { return send_once(model, 900); }), 0);
    ASSERT_TRUE(sensor->keep_meters());
    ASSERT_TRUE(sensor->remove());  // every map goes, as in a reboot
    sensor.reset();
    auto next = agent::start_sensor(sensor_options());
    ASSERT_TRUE(next) << next.error().message();
    sensor = std::move(*next);
    EXPECT_FALSE(sensor->info().adopted);
    EXPECT_GE(counter("meters_restored"), 1u);
    EXPECT_EQ(counter("meters_not_restored"), 0u);
    set_label(model);
    apply(policy);
    EXPECT_EQ(in_child([&] { return send_once(model, 101); }), EPERM);
    EXPECT_EQ(in_child([&] { return send_once(model, 100); }), 0);
}

// This test program itself is one that rules can name.
std::string this_program() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

TEST_F(VerdictTest, AProgramIsItsInodeWhateverItIsCalled) {
    const std::string model = make_model("model");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    rules::RuleSet all;
    all.set(0).set(1).set(2).set(3);
    rules::RuleSet without_network = all;
    without_network.reset(2);
    policy.program_rules[this_program()] = without_network;  // rule 2: every program but this one
    apply(policy);
    EXPECT_EQ(in_child([&] { return send_once(model, 10); }), 0);
    policy.program_rules.clear();
    policy.other_program_rules = without_network;
    std::filesystem::remove(kOther);
    std::filesystem::create_symlink(this_program(), kOther);
    policy.program_rules[kOther] = all;  // rule 2: this program, by another name
    policy.program_rules["/usr/bin/not-there"] = all;
    apply(policy);
    EXPECT_EQ(in_child([&] { return send_once(model, 10); }), EPERM);
    EXPECT_EQ(counter("programs_of_rules_not_found"), 1u);
}

std::string sha256_of(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return agent::sha256_of_file(fd.get()).value();
}

// Exit code 0: what it copies got through.
int run_copy(const std::string& program, const std::string& from, const std::string& to) {
    return std::system((program + " " + from + " " + to + " 2>/dev/null").c_str());
}

TEST_F(VerdictTest, APinnedProgramThatIsReplacedIsTheProgramNoMore) {
    const std::string model = make_model("model");
    const std::string program = "/mnt/disk/pinned-cp", out = "/mnt/disk/pinned-out";
    const auto put = [&](const char* more) {
        std::filesystem::copy_file("/bin/cp", program, std::filesystem::copy_options::overwrite_existing);
        std::ofstream(program, std::ios::app) << more;  // still runs, with another content
    };
    put("");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    policy.exempt_programs = {program + "@sha256:" + sha256_of(program)};
    apply(policy);
    EXPECT_EQ(counter("pinned_programs_with_other_content"), 0u);
    const auto is_exempt = [&] {
        (void)events();
        EXPECT_EQ(run_copy(program, model, out), 0);
        for (const auto& event : events())
            if (event.kind == agent::KernelEventKind::kExempt && event.process.executable == program)
                return true;
        return false;
    };
    EXPECT_TRUE(is_exempt());
    put("x");  // in place: the same inode
    apply(policy);
    EXPECT_EQ(counter("pinned_programs_with_other_content"), 1u);
    EXPECT_FALSE(is_exempt());
    put("");
    apply(policy);
    EXPECT_TRUE(is_exempt());
}

// A shell that reads the model itself: as a script, in a child of its own, and when it is only told to read
// one.
TEST_F(VerdictTest, AScriptIsItselfBesideItsInterpreter) {
    const std::string model = make_model("model");
    const std::string script = "/mnt/disk/script.sh", other = "/mnt/disk/other.sh";
    const auto write = [&](const std::string& path, const std::string& text) {
        std::ofstream(path) << "#!/bin/bash\n" << text;
        std::filesystem::permissions(path, std::filesystem::perms::all);
    };
    const std::string reads = "LC_ALL=C read -r -N 200000 x < " + model + " 2>/dev/null\n";
    write(script, reads + "exit 0\n");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    policy.exempt_programs = {script};
    apply(policy);
    const auto is_exempt = [&](const std::string& command) {
        (void)events();
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        const auto told = events();
        return std::ranges::any_of(
            told, [](const auto& event) { return event.kind == agent::KernelEventKind::kExempt; });
    };
    EXPECT_TRUE(is_exempt(script));
    EXPECT_FALSE(is_exempt("/bin/bash " + script)) << "the interpreter was started, not the script";
    write(other, reads + "exit 0\n");
    EXPECT_FALSE(is_exempt(other)) << "another script of the same interpreter";
    write(script, "( " + reads + ") &\nwait\nexit 0\n");
    EXPECT_TRUE(is_exempt(script)) << "a child that has executed nothing";
    write(script, "cat " + model + " > /dev/null\nexit 0\n");
    EXPECT_FALSE(is_exempt(script)) << "what a script starts is not the script";
    write(script, "exec " + other + "\n");
    EXPECT_FALSE(is_exempt(script)) << "the script has become another";
    // Fails when the kernel has looked at it already.
    const std::string broken = "/mnt/disk/broken.sh";
    std::ofstream(broken) << "#!/nowhere/interpreter\n";
    std::filesystem::permissions(broken, std::filesystem::perms::all);
    const std::string fails = "shopt -s execfail\nexec " + broken + " 2>/dev/null\n";
    write(script, fails + reads + "exit 0\n");
    EXPECT_TRUE(is_exempt(script)) << "an exec that failed changes nothing";
    policy.exempt_programs = {broken};
    apply(policy);
    write(script, fails + "exec cat " + model + " > /dev/null\n");
    EXPECT_FALSE(is_exempt(script)) << "what is executed after one that failed is not that one";
    write(script, fails + "exec " + other + "\n");
    write(other, reads + "exit 0\n");
    EXPECT_FALSE(is_exempt(script)) << "nor is another script";
}

// As rules/evaluate.h has it: asked for by either name, excluded by either.
TEST_F(VerdictTest, ARuleAsksForAScriptOrExcludesIt) {
    const std::string model = make_model("model"), script = "/mnt/disk/script.sh",
                      other = "/mnt/disk/other.sh";
    for (const auto& path : {script, other}) {
        std::ofstream(path) << "#!/bin/bash\nLC_ALL=C read -r -N 200000 x < " << model << " && : > " << kStick
                            << "/stolen\n";
        std::filesystem::permissions(path, std::filesystem::perms::all);
    }
    const auto is_blocked = [&](const std::string& path) {
        return std::system((path + " 2>/dev/null").c_str()) != 0;
    };
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    policy.program_rules[script] = policy.other_program_rules;
    policy.other_program_rules.reset();
    apply(policy);
    EXPECT_TRUE(is_blocked(script)) << "it is the program that the rule asks for";
    EXPECT_FALSE(is_blocked(other));
    std::swap(policy.program_rules[script], policy.other_program_rules);
    apply(policy);
    EXPECT_FALSE(is_blocked(script)) << "it is the program that the rule excludes";
    EXPECT_TRUE(is_blocked(other));
}

TEST_F(VerdictTest, APackageIsAllItsPrograms) {
    if (agent::sources_of_package("coreutils").empty()) GTEST_SKIP() << "there is no dpkg here";
    const std::string model = make_model("model");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    policy.exempt_programs = {"package:coreutils", "package:no-such-package"};
    apply(policy);
    EXPECT_EQ(counter("programs_of_rules_not_found"), 1u);
    (void)events();
    EXPECT_EQ(run_copy("/usr/bin/cp", model, "/mnt/disk/package-out"), 0);
    const auto told = events();
    EXPECT_TRUE(std::ranges::any_of(
        told, [](const auto& event) { return event.kind == agent::KernelEventKind::kExempt; }));
}

TEST_F(VerdictTest, AnExemptProgramIsNeitherFollowedNorJudgedAndIsNamed) {
    const std::string model = make_model("model");
    auto policy = with_rule([](auto& rule) { rule.budget_bytes = 0; });
    apply(policy);
    EXPECT_EQ(in_child([&] { return send_once(model, 10); }), EPERM);
    policy.exempt_programs = {this_program()};
    apply(policy);
    (void)events();
    EXPECT_EQ(in_child([&] {
                  if (const int error = send_once(model, 10)) return error;
                  return send_once(model, 10);
              }),
              0);
    const auto told = events();
    ASSERT_EQ(told.size(), 1u) << "once for a process";
    EXPECT_EQ(told[0].kind, agent::KernelEventKind::kExempt);
    EXPECT_EQ(told[0].process.executable, this_program());
}

// Two policies that refuse everywhere, each in its own way: one by the destination's rule, one by the user's.
// Whoever saw the rules of one with the tables of the other would get through.
TEST_F(VerdictTest, PoliciesAreSwappedUnderLoadAndNoOperationSeesHalfOfOne) {
    // MODELWARD_SWAPS=10000 is the full number: minutes on an emulated machine.
    const char* wanted = std::getenv("MODELWARD_SWAPS");
    const int kSwaps = wanted ? std::atoi(wanted) : 500;
    const std::string model = make_model("model");
    rules::CompiledPolicy policies[2] = {test_policy("swap a"), test_policy("swap b")};
    for (auto& policy : policies) {
        policy.rules[2].budget_bytes = 0;
        rules::RuleSet all = policy.other_port_rules;
        policy.port_rules[9] = all;
        policy.user_rules[0] = all;
    }
    // In the first, rule 2 refuses. In the second, rule 2 is an allow rule that no table lets match, and rule
    // 3 refuses.
    rules::RuleSet only_three;
    only_three.set(3);
    auto& second = policies[1];
    second.rules[2].action = Action::kAllow;
    second.rules[3] = policies[0].rules[2];
    second.rules[3].rule_id = "swap b refuses";
    second.operation_rules[2].set(3);
    second.operation_rules[0].reset();
    second.port_rules[9] = only_three;
    second.user_rules[0] = only_three;
    auto* stop = static_cast<std::atomic<int>*>(
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    auto* tried = reinterpret_cast<std::atomic<std::uint64_t>*>(stop + 16);
    ASSERT_TRUE(sensor->apply(policies[0], ++version));
    const pid_t child = ::fork();
    if (child == 0) {
        if (!read_model(model)) ::_exit(200);
        const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
        while (!*stop) {
            if (send_to(socket, 10) != EPERM) ::_exit(201);
            ++*tried;
        }
        ::_exit(0);
    }
    timespec start{}, end{};
    ::clock_gettime(CLOCK_BOOTTIME, &start);
    int swapped = 0;
    for (; swapped < kSwaps; ++swapped)
        if (!sensor->apply(policies[swapped % 2], ++version)) break;
    ::clock_gettime(CLOCK_BOOTTIME, &end);
    *stop = 1;
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(swapped, kSwaps);
    EXPECT_EQ(WEXITSTATUS(status), 0) << "201: something got through";
    EXPECT_GT(tried->load(), 100u);
    RecordProperty("seconds", static_cast<int>(end.tv_sec - start.tv_sec));
    RecordProperty("operations", std::to_string(tried->load()));
    printf("%d swaps in %ld s, %lu operations judged\n", swapped,
           static_cast<long>(end.tv_sec - start.tv_sec), static_cast<unsigned long>(tried->load()));
    (void)events();
}

}  // namespace

}  // namespace modelward::testing
