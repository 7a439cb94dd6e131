// SPDX-License-Identifier: Apache-2.0
// Who holds a file when its label comes, and who shared memory before it was tainted.
#include <fcntl.h>
#include <sys/mman.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    return outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
}

// A child that prepares, waits until told, acts, and says what came of it.
class WaitingInsider {
  public:
    WaitingInsider(const std::function<int()>& prepare, const std::function<int()>& act) {
        int ready[2], go[2];
        if (::pipe(ready) != 0 || ::pipe(go) != 0) return;
        child_ = ::fork();
        if (child_ == 0) {
            char byte = 'r';
            if (const int failed = prepare()) ::_exit(failed);
            if (::write(ready[1], &byte, 1) != 1 || ::read(go[0], &byte, 1) != 1) ::_exit(250);
            ::_exit(act());
        }
        ::close(ready[1]);
        char byte;
        ready_ = ::read(ready[0], &byte, 1) == 1;
        ::close(ready[0]);
        ::close(go[0]);
        go_ = go[1];
    }
    int finish() {
        if (!ready_) return 251;
        if (::write(go_, "g", 1) != 1) return 252;
        int status = 0;
        ::waitpid(child_, &status, 0);
        ::close(go_);
        ::unlink(kTarget.c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    pid_t child_ = -1;
    int go_ = -1;
    bool ready_ = false;
};

class HoldersTest : public SensorTest {
  protected:
    // As the agent's loop does, until a walk has been made.
    void tend() {
        const auto before = counter("holder_walks");
        for (int i = 0; i < 200 && counter("holder_walks") == before; ++i) {
            sensor->tend();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        EXPECT_GT(counter("holder_walks"), before);
        EXPECT_EQ(counter("holder_walk_failed"), 0u);
    }
};

int open_file(const std::string& path) {
    return ::open(path.c_str(), O_RDONLY) < 0 ? 200 : 0;
}

int map_file(const std::string& path, int protection, int kind) {
    const int fd = ::open(path.c_str(), protection & PROT_WRITE ? O_RDWR : O_RDONLY);
    if (fd < 0) return 200;
    const bool mapped = ::mmap(nullptr, 4096, protection, kind, fd, 0) != MAP_FAILED;
    ::close(fd);
    return mapped ? 0 : errno;
}

TEST_F(HoldersTest, WhoHoldsAFileOpenOrMappedIsTaintedWhenItsLabelComes) {
    const std::string model = make_plain("model"), other = make_plain("other");
    WaitingInsider opener([&] { return open_file(model); }, try_stick);
    WaitingInsider mapper([&] { return map_file(model, PROT_READ, MAP_PRIVATE); }, try_stick);
    WaitingInsider bystander([&] { return open_file(other) + map_file(other, PROT_READ, MAP_PRIVATE); },
                             try_stick);
    const auto before = counter("holders_tainted");
    set_label(model);
    tend();
    EXPECT_EQ(counter("holders_tainted"), before + 2);
    EXPECT_EQ(opener.finish(), EPERM);
    EXPECT_EQ(mapper.finish(), EPERM);
    EXPECT_EQ(bystander.finish(), 0);
}

TEST_F(HoldersTest, WhoHoldsAFileForWritingOnlyHasNotReadIt) {
    const std::string log = make_plain("log");
    const auto hold = [&](int mode) { return outcome(::open(log.c_str(), mode)); };
    WaitingInsider writer([&] { return hold(O_WRONLY | O_APPEND); }, try_stick);
    WaitingInsider reader([&] { return hold(O_RDWR); }, try_stick);
    set_label(log);
    tend();
    EXPECT_EQ(writer.finish(), 0);
    EXPECT_EQ(reader.finish(), EPERM);
}

TEST_F(HoldersTest, MemorySharedBeforeTheModelWasReadCarriesItOn) {
    const std::string model = make_model("model"), shared = "/dev/shm/modelward-test";
    std::ofstream(shared) << std::string(4096, 'w');
    WaitingInsider reader([&] { return map_file(shared, PROT_READ, MAP_SHARED); }, try_stick);
    WaitingInsider writer(
        [&] {
            if (const int failed = map_file(shared, PROT_READ | PROT_WRITE, MAP_SHARED)) return failed;
            return read_model(model) ? 0 : 201;
        },
        try_stick);
    tend();
    EXPECT_EQ(reader.finish(), EPERM);
    EXPECT_EQ(writer.finish(), EPERM);
    std::filesystem::remove(shared);
}

TEST_F(HoldersTest, WhoHasAFileOnTheStickMappedForWritingCannotReadTheModel) {
    const std::string model = make_model("model"), resident = std::string(kStick) + "/resident";
    std::ofstream(resident) << std::string(4096, 'w');
    const auto map_then_read = [&](int protection, int kind) {
        return in_child([&] {
            if (const int failed = map_file(resident, protection, kind)) return failed;
            return read_model(model) ? 0 : errno;
        });
    };
    EXPECT_EQ(map_then_read(PROT_READ, MAP_SHARED), 0);
    EXPECT_EQ(map_then_read(PROT_READ | PROT_WRITE, MAP_PRIVATE), 0);
    EXPECT_EQ(map_then_read(PROT_READ | PROT_WRITE, MAP_SHARED), EPERM);
    // The child of one that did so has the mapping as well.
    EXPECT_EQ(in_child([&] {
                  if (const int failed = map_file(resident, PROT_READ | PROT_WRITE, MAP_SHARED))
                      return failed;
                  return in_child([&] { return read_model(model) ? 0 : errno; });
              }),
              EPERM);
    // A program that starts afterwards has none; one that could not be started changes nothing.
    EXPECT_EQ(in_child([&] {
                  if (const int failed = map_file(resident, PROT_READ | PROT_WRITE, MAP_SHARED))
                      return failed;
                  ::execl("/bin/sh", "sh", "-c", ("exec cat " + model + " >/dev/null").c_str(), nullptr);
                  return 202;
              }),
              0);
    EXPECT_EQ(in_child([&] {
                  if (const int failed = map_file(resident, PROT_READ | PROT_WRITE, MAP_SHARED))
                      return failed;
                  ::execl(model.c_str(), "no program", nullptr);
                  return read_model(model) ? 0 : errno;
              }),
              EPERM);
    std::filesystem::remove(resident);
}

TEST_F(HoldersTest, WhoMappedTheStickUnderOneClassIsAskedAgainForAnother) {
    const std::string open_to_all = make_plain("open-to-all"), model = make_model("model"),
                      resident = std::string(kStick) + "/resident";
    set_label(open_to_all, 1 << 1);
    std::ofstream(resident) << std::string(4096, 'w');
    const auto read_then_map = [&](const std::string& next) {
        return in_child([&] {
            if (!read_model(open_to_all)) return 201;
            if (const int failed = map_file(resident, PROT_READ | PROT_WRITE, MAP_SHARED)) return failed;
            return read_model(next) ? 0 : errno;
        });
    };
    EXPECT_EQ(read_then_map(open_to_all), 0) << "no rule is about that class";
    EXPECT_EQ(read_then_map(model), EPERM);
    std::filesystem::remove(resident);
}

}  // namespace

}  // namespace modelward::testing
