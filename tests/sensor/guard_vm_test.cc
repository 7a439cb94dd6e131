// SPDX-License-Identifier: Apache-2.0
// The guard around what the agent keeps: its pins, files, folders and control group.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/sensor/guard_fixture.h"

namespace modelward::testing {

namespace {

int open_for_write(const std::string& path) {
    return in_child([&] {
        const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        return fd ? 0 : errno;
    });
}

// A program of a control group that lets every packet through.
int passing_program() {
    const bpf_insn program[] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1}, {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_CGROUP_INET_EGRESS);
    return ::bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "passing", "GPL", program, 2, &options);
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

// Or who installs another version could remove the old one without a token.
TEST_F(GuardTest, ItIsFoundAlsoWhenItsOtherTablesAreNotThisVersions) {
    const std::string table = std::string(kPins) + "/maps/scripts";
    const UniqueFd kept(::bpf_obj_get(table.c_str()));
    ASSERT_TRUE(fs::remove(table));
    const auto guard = agent::guard_of(sensor_options());
    EXPECT_EQ(::bpf_obj_pin(kept.get(), table.c_str()), 0);
    ASSERT_TRUE(guard) << guard.error().message();
    EXPECT_TRUE(guard->on);
    EXPECT_EQ(guard->host_id, "host");
}

}  // namespace

}  // namespace modelward::testing
