// SPDX-License-Identifier: Apache-2.0
// When the kernel's tables and its ring are full: nothing passes that could not be followed, and what could
// not be told is told later.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <vector>

#include "agent/sensor/losses.h"
#include "bpf/shared.h"
#include "tests/sensor/channels.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using LimitsTest = SensorTest;

UniqueFd pinned_map(const std::string& name) {
    return UniqueFd(::bpf_obj_get(("/sys/fs/bpf/modelward/maps/" + name).c_str()));
}

// Entries of what does not exist, until not one more fits; they go when this object does.
template <typename Value>
class FullTable {
  public:
    FullTable(const std::string& name, std::size_t most) : map_(pinned_map(name)), keys_(most) {
        for (std::uint64_t i = 0; i < keys_.size(); ++i)
            keys_[i] = {i, kNoDevice, 0};
        std::vector<Value> values(kBatch);
        for (std::uint32_t count = kBatch; count == kBatch && placed_ < keys_.size(); placed_ += count)
            ::bpf_map_update_batch(map_.get(), &keys_[placed_], values.data(), &count, nullptr);
    }
    ~FullTable() {
        for (std::size_t at = 0; at < placed_; at += kBatch) {
            std::uint32_t count = static_cast<std::uint32_t>(std::min<std::size_t>(kBatch, placed_ - at));
            ::bpf_map_delete_batch(map_.get(), &keys_[at], &count, nullptr);
        }
    }
    FullTable(const FullTable&) = delete;
    FullTable& operator=(const FullTable&) = delete;

  private:
    static constexpr std::uint32_t kBatch = 1 << 14;
    static constexpr std::uint32_t kNoDevice = 0xfff00000;

    UniqueFd map_;
    std::vector<kernel::inode_key> keys_;
    std::size_t placed_ = 0;
};

struct FullLabelTable : FullTable<kernel::label> {
    FullLabelTable() : FullTable("labels", kernel::kMaxLabels) {}
};

struct FullChannelTable : FullTable<kernel::marks> {
    FullChannelTable() : FullTable("channels", kernel::kMaxChannels) {}
};

int append(const std::string& path, std::size_t bytes) {
    const std::vector<char> block(bytes, 'w');
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd < 0) return errno;
    const ssize_t wrote = ::write(fd, block.data(), block.size());
    ::close(fd);
    return outcome(wrote);
}

TEST_F(LimitsTest, AWriteWhoseLabelFindsNoRoomIsRefused) {
    const std::string model = make_model("model"), copy = make_plain("copy", 0);
    const auto refused = counter("label_refused_table_full");
    {
        const FullLabelTable full;
        EXPECT_EQ(in_child([&] { return read_model(model) ? append(copy, kMinFlow - 1) : 200; }), 0);
        EXPECT_EQ(in_child([&] { return read_model(model) ? append(copy, 1) : 200; }), ENOMEM);
        EXPECT_EQ(std::filesystem::file_size(copy), kMinFlow - 1);
        EXPECT_EQ(counter("label_refused_table_full"), refused + 1);
        EXPECT_EQ(in_child([&] { return append(copy, kMinFlow); }), 0);  // of no concern to others
    }
    EXPECT_EQ(in_child([&] { return read_model(model) ? append(copy, 1) : 200; }), 0);
    EXPECT_TRUE(label_of(copy));
}

int put(int into, std::size_t bytes) {
    const std::vector<char> block(bytes, 'w');
    return outcome(::write(into, block.data(), bytes));
}

TEST_F(LimitsTest, BytesIntoAChannelWhoseMarksFindNoRoomAreRefused) {
    const std::string model = make_model("model");
    const auto refused = counter("channel_refused_table_full");
    for (const auto& open : {large_pipe, large_socket_pair}) {
        const auto into_new = [&](std::size_t bytes) {
            return read_model(model) ? put(open().write, bytes) : 200;
        };
        {
            const FullChannelTable full;
            EXPECT_EQ(in_child([&] { return into_new(kMinFlow - 1); }), 0);
            EXPECT_EQ(in_child([&] { return into_new(kMinFlow); }), ENOMEM);
            EXPECT_EQ(in_child([&] { return put(open().write, kMinFlow); }), 0) << "of no concern to others";
        }
        EXPECT_EQ(in_child([&] { return into_new(kMinFlow); }), 0);
    }
    EXPECT_EQ(counter("channel_refused_table_full"), refused + 2);
}

// A splice into a pipe passes no hook that refuses: until the agent has swept, no channel is believed to be
// clean.
TEST_F(LimitsTest, MarksThatFindNoRoomAndCannotBeRefusedAreEveryChannels) {
    const std::string model = make_model("model");
    const auto unplaced = counter("marks_unplaced");
    const auto take_own = [] {
        const Channel own = large_pipe();
        char byte = 'x';
        if (::write(own.write, &byte, 1) != 1 || ::read(own.read, &byte, 1) != 1) ::_exit(220);
        const int result = outcome(::open("/mnt/usb1/stolen", O_WRONLY | O_CREAT, 0600));
        ::unlink("/mnt/usb1/stolen");
        return result;
    };
    EXPECT_EQ(in_child(take_own), 0);
    {
        const FullChannelTable full;
        EXPECT_EQ(in_child([&] {
                      const int file = ::open(model.c_str(), O_RDONLY);
                      const Channel pipe = large_pipe();
                      return ::splice(file, nullptr, pipe.write, nullptr, kMinFlow, 0) > 0 ? 0 : errno;
                  }),
                  0);
    }
    EXPECT_EQ(in_child(take_own), EPERM);
    const std::uint32_t place = 0;
    const kernel::unplaced none{};
    ASSERT_EQ(::bpf_map_update_elem(pinned_map("unplaced").get(), &place, &none, BPF_ANY), 0);
    EXPECT_EQ(in_child(take_own), 0);
    EXPECT_GT(counter("marks_unplaced"), unplaced);
}

TEST_F(LimitsTest, ClosedChannelsLeaveNothingInTheTables) {
    const std::string model = make_model("model");
    const UniqueFd channels = pinned_map("channels"), flows = pinned_map("flows");
    const auto channels_before = agent::count_entries(channels), flows_before = agent::count_entries(flows);
    for (const auto& open : {large_pipe, large_socket_pair})
        EXPECT_EQ(in_child([&] { return read_model(model) ? put(open().write, kMinFlow) : 200; }), 0);
    EXPECT_EQ(agent::count_entries(channels), channels_before);
    EXPECT_EQ(agent::count_entries(flows), flows_before);
}

TEST_F(LimitsTest, DeletedFilesLeaveNothingInTheTables) {
    const std::string model = make_model("model"), copy = model + ".copy";
    const UniqueFd flows = pinned_map("flows");
    const auto labels_before = counter("labels_in_use"), flows_before = agent::count_entries(flows);
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  for (int i = 0; i < 50; ++i) {
                      if (const int error = append(copy, kMinFlow)) return error;
                      if (::unlink(copy.c_str()) != 0) return 201;
                  }
                  return 0;
              }),
              0);
    EXPECT_EQ(counter("labels_in_use"), labels_before);
    EXPECT_EQ(agent::count_entries(flows), flows_before);
}

TEST_F(LimitsTest, AFileThatLeavesTheCacheOrLosesOneOfItsNamesKeepsItsLabel) {
    const std::string model = make_model("model"), other = model + ".other";
    std::filesystem::create_hard_link(model, other);
    std::filesystem::remove(model);
    ::sync();
    std::ofstream("/proc/sys/vm/drop_caches") << "3";
    EXPECT_TRUE(label_of(other));
    std::filesystem::remove(other);
}

int send_to_port(int socket, int port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, kUnapproved, &to.sin_addr);
    return outcome(::sendto(socket, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
}

TEST_F(LimitsTest, AReportThatDidNotFitIsSentWhenItHappensAgain) {
    const std::string model = make_model("model");
    auto policy = test_policy("alert " + std::to_string(++version));
    policy.rules[2].action = rules::Action::kAlert;
    policy.rules[2].budget_bytes = 0;
    ASSERT_TRUE(sensor->apply(policy, version));
    constexpr int kPorts = 1 + int{kernel::kEventRingBytes} / int{sizeof(kernel::event)};

    const auto delayed = counter("event_delayed");
    int full[2], go[2];
    ASSERT_EQ(::pipe(full) | ::pipe(go), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
        char byte;
        if (!read_model(model)) ::_exit(200);
        for (int port = 1; port <= kPorts; ++port)
            send_to_port(socket, port);
        if (::write(full[1], "f", 1) != 1 || ::read(go[0], &byte, 1) != 1) ::_exit(201);
        for (int again = 0; again < 2; ++again)
            send_to_port(socket, kPorts);
        ::_exit(0);
    }
    char byte;
    ASSERT_EQ(::read(full[0], &byte, 1), 1);
    EXPECT_GE(counter("event_delayed"), delayed + 1);
    for (const auto& event : events())
        EXPECT_NE(event.port, kPorts);
    ASSERT_EQ(::write(go[1], "g", 1), 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    const auto later = events();
    ASSERT_EQ(later.size(), 1u);
    EXPECT_EQ(later[0].port, kPorts);
    EXPECT_EQ(later[0].count, 2u) << "with the one that did not fit";
    for (const int fd : {full[0], full[1], go[0], go[1]})
        ::close(fd);
}

}  // namespace

}  // namespace modelward::testing
