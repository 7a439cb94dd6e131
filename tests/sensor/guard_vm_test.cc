// SPDX-License-Identifier: Apache-2.0
// The guard: root against the agent. The test process is the agent, its children are root and nobody special.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <fstream>

#include "base/unique_fd.h"
#include "bpf/shared.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace fs = std::filesystem;
using agent::GuardOperation;
using agent::GuardRole;

namespace {

constexpr const char* kPins = "/sys/fs/bpf/modelward";
constexpr const char* kHome = "/mnt/disk/guard";
constexpr const char* kCgroup = "/sys/fs/cgroup/modelward-test";

std::string at(const std::string& name) {
    return std::string(kHome) + "/" + name;
}

class GuardTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        fs::remove_all(kHome);
        fs::create_directories(at("state/inner"));
        fs::create_directories(at("units"));
        fs::create_directories(at("outside"));
        fs::create_directories(kCgroup);
        for (const char* name : {"state/key", "state/inner/spool", "config", "outside/own"})
            std::ofstream(at(name)) << "content\n";
        ::chmod(at("state/key").c_str(), 0600);
        fs::copy_file("/bin/cat", at("agent"));
        fs::copy_file("/bin/sleep", at("scanner"));
        settings_.host_id = "host";
        settings_.paths = {
            {at("agent"), GuardRole::kAgent | GuardRole::kFile},
            {at("scanner"), GuardRole::kProtected | GuardRole::kFile},
            {at("config"), 0u | GuardRole::kFile},
            {at("state"), GuardRole::kTree | GuardRole::kSecret},
            {at("units"), 0u | GuardRole::kUnits},
            {kHome, 0u | GuardRole::kAbove},
            {"/mnt/disk", 0u | GuardRole::kAbove},
            {kPins, 0u | GuardRole::kTree},
            {"/sys/fs/bpf", 0u | GuardRole::kAbove},
            {"/sys/fs", 0u | GuardRole::kAbove},
            {kCgroup, 0u | GuardRole::kCgroup},
            {"/sys/fs/cgroup", 0u | GuardRole::kCgroupAbove},
        };
        const auto guarded = sensor->guard(settings_);
        ASSERT_TRUE(guarded) << guarded.error().message();
        (void)events();
    }
    void TearDown() override {
        EXPECT_TRUE(sensor->end_guard());
        fs::remove_all(kHome);
        ::rmdir(kCgroup);
    }

    // The operations that the guard reported since the last look.
    std::vector<GuardOperation> attempts() {
        std::vector<GuardOperation> all;
        for (const auto& event : events())
            if (event.rule_index == agent::kGuardRuleIndex)
                all.push_back(static_cast<GuardOperation>(event.operation));
        return all;
    }
    bool reported(GuardOperation operation) {
        const auto all = attempts();
        return std::ranges::find(all, operation) != all.end();
    }

    agent::GuardSettings settings_;
};

int open_for_write(const std::string& path) {
    return in_child([&] {
        const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        return fd ? 0 : errno;
    });
}

bool sleeps(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("State:")) return line.find('S', 6) != std::string::npos;
    return false;
}

// A program of a control group that lets every packet through.
int passing_program() {
    const bpf_insn program[] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1}, {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_CGROUP_INET_EGRESS);
    return ::bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "passing", "GPL", program, 2, &options);
}

// Runs a program; its exit code, or 200 + the signal that ended it.
int run(const std::vector<const char*>& words, const std::vector<const char*>& environment = {}) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto arguments = words, variables = environment;
        arguments.push_back(nullptr);
        variables.push_back(nullptr);
        const UniqueFd nowhere(::open("/dev/null", O_RDWR));
        ::dup2(nowhere.get(), 1);
        ::dup2(nowhere.get(), 2);
        ::execve(words[0], const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()));
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}

template <typename NextId>
std::vector<std::uint32_t> ids(NextId next) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t id = 0; next(id, &id) == 0;)
        all.push_back(id);
    return all;
}

TEST_F(GuardTest, MapsProgramsAndLinksAreNotHandedOutByTheirPins) {
    for (const char* name :
         {"maps/labels", "maps/policies", "maps/guard", "maps/events", "programs/file_open"}) {
        const std::string path = std::string(kPins) + "/" + name;
        EXPECT_EQ(in_child([&] { return outcome(::bpf_obj_get(path.c_str())); }), EPERM) << name;
    }
    EXPECT_TRUE(reported(GuardOperation::kBpf));
}

TEST_F(GuardTest, NorByTheirNumbersAndThatGoesForThePolicysTablesToo) {
    std::size_t refused = 0;
    for (const auto id : ids(::bpf_map_get_next_id))
        refused += in_child([&] { return outcome(::bpf_map_get_fd_by_id(id)); }) == EPERM;
    // every pinned map, and the policy with its three tables
    const auto pinned = std::distance(fs::directory_iterator(std::string(kPins) + "/maps"), {});
    EXPECT_GE(refused, static_cast<std::size_t>(pinned) + 4);
    std::size_t programs = 0, links = 0;
    for (const auto id : ids(::bpf_prog_get_next_id))
        programs += in_child([&] { return outcome(::bpf_prog_get_fd_by_id(id)); }) == EPERM;
    for (const auto id : ids(::bpf_link_get_next_id))
        links += in_child([&] { return outcome(::bpf_link_get_fd_by_id(id)); }) == EPERM;
    const auto attached = std::distance(fs::directory_iterator(std::string(kPins) + "/links"), {});
    // one more than is attached: the agent runs it itself
    EXPECT_EQ(programs, static_cast<std::size_t>(attached) + 1);
    EXPECT_EQ(links, static_cast<std::size_t>(attached));
}

// The links of control groups: no others can be detached or changed.
TEST_F(GuardTest, LinksAreNotDetachedOrGivenOtherPrograms) {
    for (const char* name : {"learn_socket", "learn_answers"}) {
        const std::string path = std::string(kPins) + "/links/" + name;
        EXPECT_EQ(in_child([&] {
                      const UniqueFd link(::bpf_obj_get(path.c_str()));
                      return link ? outcome(::bpf_link_detach(link.get())) : 201;
                  }),
                  EPERM)
            << name;
        EXPECT_EQ(in_child([&] {
                      const UniqueFd link(::bpf_obj_get(path.c_str()));
                      const UniqueFd other(passing_program());
                      return link && other ? outcome(::bpf_link_update(link.get(), other.get(), nullptr))
                                           : 201;
                  }),
                  EPERM)
            << name;
    }
    EXPECT_TRUE(reported(GuardOperation::kBpf));
}

TEST_F(GuardTest, OtherUseOfBpfGoesOn) {
    EXPECT_EQ(in_child([] {
                  const UniqueFd map(::bpf_map_create(BPF_MAP_TYPE_HASH, "other", 4, 4, 4, nullptr));
                  if (!map) return errno;
                  bpf_map_info info{};
                  std::uint32_t size = sizeof info;
                  if (::bpf_obj_get_info_by_fd(map.get(), &info, &size) != 0) return errno;
                  const UniqueFd again(::bpf_map_get_fd_by_id(info.id));
                  if (!again) return errno;
                  if (::bpf_obj_pin(map.get(), "/sys/fs/bpf/other") != 0) return errno;
                  const UniqueFd pinned(::bpf_obj_get("/sys/fs/bpf/other"));
                  if (!pinned) return errno;
                  return outcome(::unlink("/sys/fs/bpf/other"));
              }),
              0);
    EXPECT_TRUE(attempts().empty());
}

TEST_F(GuardTest, PinsStayWhereTheyAre) {
    const std::string link = std::string(kPins) + "/links/file_open", folder = std::string(kPins) + "/links";
    EXPECT_EQ(in_child([&] { return outcome(::unlink(link.c_str())); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::rename(link.c_str(), "/sys/fs/bpf/away")); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::rename(folder.c_str(), "/sys/fs/bpf/away")); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::rename(kPins, "/sys/fs/bpf/away")); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::mkdir((folder + "/next").c_str(), 0700)); }), EPERM);
    EXPECT_TRUE(fs::exists(link));
    const auto seen = attempts();
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kUnlink), seen.end());
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kRename), seen.end());
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kCreate), seen.end());
}

TEST_F(GuardTest, NothingIsMountedOverThemOrUnmounted) {
    for (const char* where : {"/sys/fs", "/sys/fs/bpf", kPins, kHome}) {
        EXPECT_EQ(in_child([&] { return outcome(::mount("tmpfs", where, "tmpfs", 0, nullptr)); }), EPERM)
            << where;
        EXPECT_EQ(in_child([&] { return outcome(::mount("/mnt", where, nullptr, MS_BIND, nullptr)); }), EPERM)
            << where;
    }
    EXPECT_EQ(in_child([] { return outcome(::umount2("/sys/fs/bpf", 0)); }), EPERM);
    EXPECT_EQ(in_child([] { return outcome(::umount2("/sys/fs/bpf", MNT_DETACH)); }), EPERM);
    EXPECT_EQ(in_child([] { return outcome(::umount2("/mnt/disk", MNT_DETACH)); }), EPERM);
    EXPECT_EQ(in_child([] {  // the new way to mount
                  const UniqueFd context(static_cast<int>(::syscall(SYS_fsopen, "tmpfs", 0)));
                  if (!context || ::syscall(SYS_fsconfig, context.get(), 6, nullptr, nullptr, 0) != 0)
                      return 201;
                  const UniqueFd mount(static_cast<int>(::syscall(SYS_fsmount, context.get(), 0, 0)));
                  if (!mount) return 202;
                  return outcome(::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, "/sys/fs/bpf", 4));
              }),
              EPERM);
    EXPECT_TRUE(fs::exists(std::string(kPins) + "/links"));
    const auto seen = attempts();
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kMount), seen.end());
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kUnmount), seen.end());
}

TEST_F(GuardTest, OtherMountsGoOnAndSoDoContainers) {
    EXPECT_EQ(in_child([] {
                  ::mkdir("/mnt/other", 0700);
                  if (::mount("tmpfs", "/mnt/other", "tmpfs", 0, nullptr) != 0) return errno;
                  return outcome(::umount2("/mnt/other", 0));
              }),
              0);
    EXPECT_EQ(in_child([] {
                  if (::unshare(CLONE_NEWNS) != 0) return errno;
                  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
                  if (::mount("tmpfs", "/sys/fs/bpf", "tmpfs", 0, nullptr) != 0) return errno;
                  return outcome(::umount2("/sys/fs/bpf", MNT_DETACH));
              }),
              0);
    EXPECT_TRUE(attempts().empty());
}

TEST_F(GuardTest, TheAgentIsNotSignalled) {
    const pid_t agent = ::getpid();
    for (const int signal : {SIGKILL, SIGSTOP, SIGTERM, SIGABRT})
        EXPECT_EQ(in_child([&] { return outcome(::kill(agent, signal)); }), EPERM) << signal;
    EXPECT_EQ(in_child([&] { return outcome(::syscall(SYS_tgkill, agent, agent, SIGKILL)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::kill(agent, 0)); }), 0);
    EXPECT_TRUE(reported(GuardOperation::kKill));
}

// A descriptor may send its owner a signal of anybody's choice, and anybody may be its owner.
volatile sig_atomic_t signals_of_files = 0;

int signal_by_a_pipe(pid_t owner) {
    int ends[2];
    if (::pipe(ends) != 0 || ::fcntl(ends[0], F_SETOWN, owner) != 0 ||
        ::fcntl(ends[0], F_SETSIG, SIGUSR2) != 0 || ::fcntl(ends[0], F_SETFL, O_ASYNC) != 0)
        return errno;
    return outcome(::write(ends[1], "x", 1));
}

TEST_F(GuardTest, NorByADescriptor) {
    ::signal(SIGUSR2, [](int) { signals_of_files = signals_of_files + 1; });
    const pid_t agent = ::getpid();
    EXPECT_EQ(in_child([] { return signal_by_a_pipe(::getpid()) == 0 && signals_of_files == 1 ? 0 : 1; }), 0)
        << "the way works";
    EXPECT_EQ(in_child([&] { return signal_by_a_pipe(agent); }), 0);
    EXPECT_EQ(signals_of_files, 0);
    ::signal(SIGUSR2, SIG_DFL);
}

TEST_F(GuardTest, NorGivenOtherLimits) {
    const pid_t agent = ::getpid();
    rlimit now{};
    ASSERT_EQ(::prlimit(agent, RLIMIT_NOFILE, nullptr, &now), 0);
    const rlimit none{8, 8};
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_NOFILE, &none, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_CPU, &none, nullptr)); }), EPERM);
    EXPECT_TRUE(reported(GuardOperation::kLimit));
    rlimit seen{};
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(agent, RLIMIT_NOFILE, nullptr, &seen)); }), 0);
    EXPECT_EQ(in_child([&] { return outcome(::prlimit(::getpid(), RLIMIT_NOFILE, &none, nullptr)); }), 0);
    EXPECT_EQ(::prlimit(agent, RLIMIT_NOFILE, &now, nullptr), 0) << "its own affair";
}

TEST_F(GuardTest, NorTracedNorWritten) {
    const pid_t agent = ::getpid();
    static volatile int secret = 7;
    EXPECT_EQ(in_child([&] { return outcome(::ptrace(PTRACE_ATTACH, agent, nullptr, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] { return outcome(::ptrace(PTRACE_SEIZE, agent, nullptr, nullptr)); }), EPERM);
    EXPECT_EQ(in_child([&] {
                  int value = 8;
                  const iovec from{&value, sizeof value};
                  const iovec to{const_cast<int*>(&secret), sizeof secret};
                  return outcome(::process_vm_writev(agent, &from, 1, &to, 1, 0));
              }),
              EPERM);
    EXPECT_EQ(in_child([&] {
                  const std::string path = "/proc/" + std::to_string(agent) + "/mem";
                  return outcome(::open(path.c_str(), O_RDWR | O_CLOEXEC));
              }),
              EACCES);  // what /proc makes of a refusal
    EXPECT_EQ(in_child([&] {
                  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, agent, 0)));
                  return outcome(::syscall(SYS_pidfd_getfd, pidfd.get(), 3, 0));
              }),
              EPERM);
    EXPECT_EQ(secret, 7);
    EXPECT_TRUE(reported(GuardOperation::kPtrace));
    EXPECT_EQ(in_child([&] {  // ps and top go on
                  return fs::read_symlink("/proc/" + std::to_string(agent) + "/exe").empty() ? 1 : 0;
              }),
              0);
}

TEST_F(GuardTest, ItsFilesAreNotWrittenReplacedOrRemoved) {
    for (const char* name : {"config", "state/key", "state/inner/spool", "scanner"}) {
        const std::string path = at(name);
        EXPECT_EQ(open_for_write(path), EPERM) << name;
        EXPECT_EQ(in_child([&] { return outcome(::truncate(path.c_str(), 0)); }), EPERM) << name;
        EXPECT_EQ(in_child([&] { return outcome(::unlink(path.c_str())); }), EPERM) << name;
        EXPECT_EQ(in_child([&] { return outcome(::rename(path.c_str(), at("outside/x").c_str())); }), EPERM)
            << name;
        EXPECT_EQ(in_child([&] { return outcome(::rename(at("outside/own").c_str(), path.c_str())); }), EPERM)
            << name;
        EXPECT_EQ(in_child([&] { return outcome(::chmod(path.c_str(), 0777)); }), EPERM) << name;
        EXPECT_EQ(in_child([&] { return outcome(::chown(path.c_str(), 1000, 1000)); }), EPERM) << name;
        EXPECT_EQ(in_child([&] { return outcome(::link(path.c_str(), at("outside/link").c_str())); }), EPERM)
            << name;
        EXPECT_EQ(in_child([&] {
                      const UniqueFd fd(::open(at("state").c_str(), O_RDONLY | O_CLOEXEC));
                      int flags = FS_IMMUTABLE_FL;
                      return outcome(::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags));
                  }),
                  EPERM);
    }
    const auto seen = attempts();
    for (const auto operation : {GuardOperation::kWrite, GuardOperation::kUnlink, GuardOperation::kRename,
                                 GuardOperation::kCreate, GuardOperation::kAttributes})
        EXPECT_NE(std::ranges::find(seen, operation), seen.end()) << static_cast<int>(operation);
}

TEST_F(GuardTest, TheFoldersAboveThemStay) {
    EXPECT_EQ(in_child([] { return outcome(::rename(kHome, "/mnt/disk/away")); }), EPERM);
    EXPECT_EQ(in_child([] { return outcome(::rename(at("state").c_str(), at("away").c_str())); }), EPERM);
    EXPECT_EQ(in_child([] { return outcome(::mkdir(at("state/new").c_str(), 0700)); }), EPERM);
    EXPECT_EQ(in_child([] { return outcome(::open(at("state/new").c_str(), O_CREAT | O_WRONLY, 0600)); }),
              EPERM);
}

TEST_F(GuardTest, SecretsAreNotReadAndLocksNotTaken) {
    EXPECT_EQ(in_child([] { return outcome(::open(at("state/key").c_str(), O_RDONLY | O_CLOEXEC)); }), EPERM);
    EXPECT_EQ(in_child([] {
                  const UniqueFd fd(::open(kPins, O_RDONLY | O_CLOEXEC));
                  return outcome(::flock(fd.get(), LOCK_SH | LOCK_NB));
              }),
              EPERM);
    const auto seen = attempts();
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kRead), seen.end());
    EXPECT_NE(std::ranges::find(seen, GuardOperation::kLock), seen.end());
}

TEST_F(GuardTest, FilesBesideThemAreRootsOwn) {
    EXPECT_EQ(open_for_write(at("outside/own")), 0);
    EXPECT_EQ(in_child([] { return outcome(::mkdir(at("units/other.service.d").c_str(), 0700)); }), 0);
    EXPECT_EQ(
        in_child([] { return outcome(::rename(at("outside/own").c_str(), at("outside/mine").c_str())); }), 0);
    EXPECT_EQ(in_child([] { return outcome(::unlink(at("outside/mine").c_str())); }), 0);
    EXPECT_TRUE(attempts().empty());
}

TEST_F(GuardTest, TheUnitIsNotChangedByAFileBesideIt) {
    EXPECT_EQ(in_child([] { return outcome(::mkdir(at("units/modelward-agent.service.d").c_str(), 0700)); }),
              EPERM);
    EXPECT_EQ(
        in_child([] { return outcome(::symlink("/dev/null", at("units/modelward-agent.service").c_str())); }),
        EPERM);
    EXPECT_TRUE(reported(GuardOperation::kCreate));
}

TEST_F(GuardTest, ItsControlGroupIsNotFrozenOrKilled) {
    for (const char* name : {"cgroup.kill", "cgroup.freeze"})
        EXPECT_EQ(open_for_write(std::string(kCgroup) + "/" + name), EPERM) << name;
    EXPECT_EQ(open_for_write(std::string(kCgroup) + "/cgroup.procs"), 0);
    EXPECT_TRUE(reported(GuardOperation::kWrite));
}

TEST_F(GuardTest, TheAgentIsWhateverIsStartedFromItsProgram) {
    const std::string program = at("agent"), key = at("state/key");
    EXPECT_EQ(run({"/bin/cat", key.c_str()}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}), 0);
    EXPECT_EQ(run({"/bin/cp", program.c_str(), at("outside/agent").c_str()}), 0);
    EXPECT_EQ(run({at("outside/agent").c_str(), key.c_str()}), 1);
}

TEST_F(GuardTest, ButNotWithSomebodyElsesCodeInIt) {
    const std::string program = at("agent"), key = at("state/key");
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"HOME=/", "LD_PRELOAD=/mnt/disk/none.so"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"LD_LIBRARY_PATH=/mnt/disk"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"OPENSSL_CONF=/mnt/disk/x"}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {std::string("A=" + std::string(5000, 'x')).c_str()}), 1);
    EXPECT_EQ(run({program.c_str(), key.c_str()}, {"HOME=/", "WORLD_X=LD_PRELOAD"}), 0);
    EXPECT_EQ(in_child([&] {  // traced from its first instruction
                  const pid_t child = ::fork();
                  if (child == 0) {
                      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
                      ::execl(program.c_str(), "agent", key.c_str(), nullptr);
                      ::_exit(127);
                  }
                  int status = 0;
                  for (;;) {
                      ::waitpid(child, &status, 0);
                      if (!WIFSTOPPED(status)) return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
                      ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
                  }
              }),
              1);
}

TEST_F(GuardTest, TheScannerIsProtectedAndTrustedWithNothing) {
    const pid_t scanner = ::fork();
    if (scanner == 0) {
        ::execl(at("scanner").c_str(), "scanner", "60", nullptr);
        ::_exit(127);
    }
    // Not only exec's new image but the end of exec: the kernel names the program in /proc before
    // the hook that marks the task runs, so wait until the program sleeps by itself.
    while (fs::read_symlink("/proc/" + std::to_string(scanner) + "/exe") != at("scanner") || !sleeps(scanner))
        ::usleep(1000);
    EXPECT_EQ(in_child([&] { return outcome(::kill(scanner, SIGKILL)); }), EPERM);
    EXPECT_EQ(::kill(scanner, SIGKILL), 0);  // by the agent
    int status = 0;
    ::waitpid(scanner, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(GuardTest, WhoCarriesClassifiedBytesLoadsNoKernelCode) {
    const std::string model = make_model("model");
    const auto load_module = [] {
        static const char garbage[128] = "";
        return outcome(::syscall(SYS_init_module, garbage, sizeof garbage, ""));
    };
    const auto load_file = [] {
        const UniqueFd fd(::open(at("outside/own").c_str(), O_RDONLY | O_CLOEXEC));
        return outcome(::syscall(SYS_finit_module, fd.get(), "", 0));
    };
    EXPECT_EQ(in_child(load_module), ENOEXEC);
    EXPECT_EQ(in_child(load_file), ENOEXEC);
    EXPECT_EQ(in_child([&] { return read_model(model) ? load_module() : 201; }), EPERM);
    EXPECT_EQ(in_child([&] { return read_model(model) ? load_file() : 201; }), EPERM);
    EXPECT_TRUE(reported(GuardOperation::kModule));
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 201;
                  return outcome(::syscall(SYS_kexec_load, 0ul, 0ul, nullptr, 0ul));
              }),
              EPERM);
    EXPECT_TRUE(reported(GuardOperation::kKexec));
}

TEST_F(GuardTest, UnderMaintenanceAllOfItIsLetThroughForAWhile) {
    ASSERT_TRUE(sensor->open_guard(std::chrono::hours(1)));
    EXPECT_GT(sensor->guard_status()->maintenance_left, std::chrono::minutes(59));
    EXPECT_EQ(open_for_write(at("config")), 0);
    EXPECT_EQ(in_child([] { return outcome(::bpf_obj_get("/sys/fs/bpf/modelward/maps/labels")); }), 0);
    // A package manager puts a new program in place: it is the agent from then on.
    EXPECT_EQ(run({"/bin/cp", "/bin/cat", at("agent.new").c_str()}), 0);
    EXPECT_EQ(run({"/bin/mv", at("agent.new").c_str(), at("agent").c_str()}), 0);
    EXPECT_TRUE(attempts().empty());
    ASSERT_TRUE(sensor->open_guard(std::chrono::nanoseconds(0)));
    EXPECT_EQ(open_for_write(at("config")), EPERM);
    EXPECT_EQ(run({at("agent").c_str(), at("state/key").c_str()}), 0);
    EXPECT_EQ(open_for_write(at("agent")), EPERM);
}

TEST_F(GuardTest, AReportSaysWhoAndWhat) {
    EXPECT_EQ(run({"/bin/rm", "-f", at("config").c_str()}), 1);
    for (const auto& event : events()) {
        if (event.rule_index != agent::kGuardRuleIndex) continue;
        EXPECT_EQ(static_cast<GuardOperation>(event.operation), GuardOperation::kUnlink);
        EXPECT_EQ(event.action, rules::Action::kBlock);
        EXPECT_EQ(event.path, at("config"));
        EXPECT_EQ(fs::path(event.process.executable).filename(), "rm");
        EXPECT_FALSE(event.ancestors.empty());
        return;
    }
    ADD_FAILURE() << "no report";
}

}  // namespace

}  // namespace modelward::testing
