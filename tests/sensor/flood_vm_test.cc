// SPDX-License-Identifier: Apache-2.0
// A flood of verdicts becomes few reports, and their counts add up to the last one: whatever is full.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <map>

#include "bpf/shared.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using agent::KernelEvent;
using agent::KernelOperation;

class FloodTest : public SensorTest {
  protected:
    // Everything that the kernel has to tell, as the agent hears it: events, and a sweep a second.
    std::vector<KernelEvent> all_there_is() {
        std::vector<KernelEvent> all = events();
        for (bool more = true; more;) {
            ::usleep(1'100'000);
            sensor->sweep();
            const auto later = events();
            more = !later.empty();
            all.insert(all.end(), later.begin(), later.end());
        }
        return all;
    }

    // The test policy, whose rule for the network lets nothing through.
    Result<void> apply_without_budget(const std::string& name) {
        auto policy = test_policy(name + " " + std::to_string(++version));
        policy.rules[2].budget_bytes = 0;
        return sensor->apply(policy, version);
    }

    // Entries stay for an hour; the next test wants an empty table.
    void TearDown() override {
        const UniqueFd recent(::bpf_obj_get("/sys/fs/bpf/modelward/maps/recent"));
        kernel::recent_key key{};
        while (::bpf_map_get_next_key(recent.get(), nullptr, &key) == 0)
            ::bpf_map_delete_elem(recent.get(), &key);
    }
};

std::uint64_t sum_of_counts(const std::vector<KernelEvent>& events, KernelOperation operation) {
    std::uint64_t sum = 0;
    for (const auto& event : events)
        if (event.operation == operation && event.action != rules::Action::kAlert) sum += event.count;
    return sum;
}

int send_to_port(int socket, int port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, kUnapproved, &to.sin_addr);
    return outcome(::sendto(socket, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
}

TEST_F(FloodTest, AHundredThousandRefusedWritesAreAFewReportsAndTheNextBlockIsHeard) {
    constexpr int kWrites = 100'000;
    const std::string model = make_model("model"), target = std::string(kStick) + "/flood",
                      other = std::string(kStick) + "/other";
    const auto lost = counter("event_lost_ring_full"), delayed = counter("event_delayed"),
               by_rule = counter("event_merged_by_rule");
    EXPECT_EQ(in_child([&] {
                  const int stick = ::open(target.c_str(), O_WRONLY | O_CREAT, 0600);
                  if (stick < 0 || !read_model(model)) return 200;
                  for (int i = 0; i < kWrites; ++i)
                      if (::write(stick, "12345", 5) != -1 || errno != EPERM) return 201;
                  return outcome(::open(other.c_str(), O_WRONLY | O_CREAT, 0600));
              }),
              EPERM);
    const auto told = all_there_is();
    EXPECT_EQ(sum_of_counts(told, KernelOperation::kWrite), std::uint64_t{kWrites});
    std::uint64_t reports = 0, bytes = 0;
    for (const auto& event : told) {
        if (event.operation != KernelOperation::kWrite) continue;
        EXPECT_EQ(event.process.pid, told.back().process.pid) << "one incident";
        EXPECT_EQ(event.rule_index, 1);
        ++reports;
        bytes += event.bytes_requested;
    }
    EXPECT_EQ(bytes, std::uint64_t{kWrites} * 5);
    EXPECT_LT(reports, 200u) << "one a second at most";
    EXPECT_EQ(sum_of_counts(told, KernelOperation::kCreate), 1u);
    EXPECT_EQ(counter("event_lost_ring_full"), lost);
    EXPECT_EQ(counter("event_delayed"), delayed);
    EXPECT_EQ(counter("event_merged_by_rule"), by_rule);
    std::filesystem::remove(target);
}

// In a child that carries the label: one datagram to each port. 0 if each was refused.
int send_to_ports(const std::string& model, int ports) {
    return in_child([&] {
        if (!read_model(model)) return 200;
        const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
        for (int port = 1; port <= ports; ++port)
            if (send_to_port(socket, port) != EPERM) return 201;
        return 0;
    });
}

// More targets than the ring and the table of repetitions hold.
TEST_F(FloodTest, NoBlockIsLostWhenTheRingAndTheTableAreFull) {
    constexpr int kPorts = kernel::kMaxRecent + 2000;
    const std::string model = make_model("model");
    ASSERT_TRUE(apply_without_budget("flood"));
    const auto delayed = counter("event_delayed"), by_rule = counter("event_merged_by_rule");
    EXPECT_EQ(send_to_ports(model, kPorts), 0);
    EXPECT_GT(counter("event_delayed"), delayed);
    EXPECT_GT(counter("event_merged_by_rule"), by_rule);
    EXPECT_EQ(sum_of_counts(all_there_is(), KernelOperation::kSend), std::uint64_t{kPorts});
}

// Runs the sweep without a pause while it lives, as no agent would.
class Sweeper {
  public:
    Sweeper() : process_(::fork()) {
        if (process_ != 0) return;
        const int sweep = ::bpf_obj_get("/sys/fs/bpf/modelward/programs/sweep");
        kernel::sweep_request request{~std::uint64_t{0}};
        LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &request, .ctx_size_in = sizeof request);
        while (::bpf_prog_test_run_opts(sweep, &options) == 0) {
        }
        ::_exit(1);
    }
    // False when it could not sweep.
    bool end() {
        ::kill(process_, SIGKILL);
        int status = 0;
        return ::waitpid(process_, &status, 0) == process_ && WIFSIGNALED(status);
    }

  private:
    pid_t process_;
};

// The sweep came between counting a refusal and saying what it was, and sent a record that says nothing: the
// agent cannot read it, and the refusal is in no count.
TEST_F(FloodTest, ASweepInTheMiddleOfAVerdictDoesNotReportWhatIsNotYetDescribed) {
    constexpr int kPorts = 4000;
    const std::string model = make_model("model");
    ASSERT_TRUE(apply_without_budget("swept"));
    const auto undecodable = counter("event_undecodable");
    Sweeper sweeper;
    EXPECT_EQ(send_to_ports(model, kPorts), 0);
    EXPECT_TRUE(sweeper.end());
    EXPECT_EQ(sum_of_counts(all_there_is(), KernelOperation::kSend), std::uint64_t{kPorts});
    EXPECT_EQ(counter("event_undecodable"), undecodable);
}

TEST_F(FloodTest, TelemetryCannotFillTheRingOfBlocks) {
    const std::string model = make_model("model");
    auto policy = test_policy("alert " + std::to_string(++version));
    policy.rules[2].action = rules::Action::kAlert;
    policy.rules[2].budget_bytes = 0;
    ASSERT_TRUE(sensor->apply(policy, version));
    const auto delayed = counter("event_delayed");
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
                  for (int port = 1; port <= int{kernel::kEventRingBytes} / int{sizeof(kernel::event)};
                       ++port)
                      send_to_port(socket, port);
                  return outcome(::open((std::string(kStick) + "/x").c_str(), O_WRONLY | O_CREAT, 0600));
              }),
              EPERM);
    EXPECT_GT(counter("event_delayed"), delayed) << "the ring of telemetry was not full";
    const auto told = events();
    EXPECT_EQ(sum_of_counts(told, KernelOperation::kCreate), 1u);
    (void)all_there_is();
}

}  // namespace

}  // namespace modelward::testing
