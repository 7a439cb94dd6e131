// SPDX-License-Identifier: Apache-2.0
// Ways out that are neither a stick nor a connection over IP.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>
#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

// test_policy, and rule 4: nothing to network file systems, Bluetooth and devices. No budget for the network.
rules::CompiledPolicy sinks_policy() {
    auto policy = test_policy("no network");
    policy.rules[2].budget_bytes = 0;
    policy.rules.push_back({"elsewhere", "elsewhere", rules::Level::kHigh, rules::Action::kBlock, 0, 0, ""});
    policy.class_rules[0].set(4);
    for (auto& rules : policy.kind_rules)
        rules.set(4);
    for (const int point : {3, 4, 5})
        policy.operation_rules[static_cast<std::size_t>(point)].set(4);
    for (auto& destination : policy.destinations)
        destination.rules.set(4);
    policy.other_port_rules.set(4);
    policy.other_user_rules.set(4);
    policy.other_program_rules.set(4);
    return policy;
}

class SinksTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        const auto applied = sensor->apply(sinks_policy(), ++version);
        ASSERT_TRUE(applied) << applied.error().message();
        model_ = make_model("model");
    }
    int tainted(const std::function<int()>& act) {
        return in_child([&] { return read_model(model_) ? act() : 200; });
    }
    std::string model_;
};

int load_module(const char* name) {
    return std::system((std::string("modprobe ") + name).c_str());
}

int send_to(int socket, const void* address, socklen_t length) {
    return outcome(::sendto(socket, "weights", 7, 0, static_cast<const sockaddr*>(address), length));
}

int send_packet() {
    const int socket = ::socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = 1;
    address.sll_halen = 6;
    return socket < 0 ? 201 : send_to(socket, &address, sizeof address);
}

// To the approved address by name: the header that follows may say another.
int send_raw() {
    const int socket = ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, kApproved, &address.sin_addr);
    return socket < 0 ? 201 : send_to(socket, &address, sizeof address);
}

int connect_to(int family, int type, int protocol) {
    const int socket = ::socket(family, type, protocol);
    if (socket < 0) return 201;
    char name[32] = {};
    const auto short_family = static_cast<sa_family_t>(family);
    std::memcpy(name, &short_family, sizeof short_family);
    return outcome(::connect(socket, reinterpret_cast<const sockaddr*>(name), sizeof name));
}

TEST_F(SinksTest, SocketsOfOtherFamiliesAreJudged) {
    EXPECT_EQ(tainted(send_packet), EPERM);
    EXPECT_NE(in_child(send_packet), EPERM);
    EXPECT_EQ(tainted(send_raw), EPERM);
    EXPECT_EQ(in_child(send_raw), 0);
    const auto vsock = [] { return connect_to(AF_VSOCK, SOCK_STREAM, 0); };
    ASSERT_EQ(load_module("vsock"), 0);
    EXPECT_EQ(tainted(vsock), EPERM);
    EXPECT_NE(in_child(vsock), EPERM);
}

TEST_F(SinksTest, BluetoothIsAPointOfItsOwn) {
    constexpr int kL2cap = 0;
    const auto bluetooth = [] { return connect_to(AF_BLUETOOTH, SOCK_SEQPACKET, kL2cap); };
    ASSERT_EQ(load_module("bluetooth"), 0);
    ASSERT_NE(in_child(bluetooth), EPERM);
    (void)events();
    EXPECT_EQ(tainted(bluetooth), EPERM);
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().point, rules::Operation::kBluetooth);
}

TEST_F(SinksTest, CryptographyOfTheKernelStaysOpen) {
    EXPECT_EQ(tainted([] {
                  const int socket = ::socket(AF_ALG, SOCK_SEQPACKET, 0);
                  sockaddr_alg name{};
                  name.salg_family = AF_ALG;
                  std::strcpy(reinterpret_cast<char*>(name.salg_type), "hash");
                  std::strcpy(reinterpret_cast<char*>(name.salg_name), "sha256");
                  if (::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return 201;
                  const int operation = ::accept(socket, nullptr, nullptr);
                  return outcome(::send(operation, "weights", 7, 0));
              }),
              0);
}

TEST_F(SinksTest, SerialLinesAndTunnelsAreDevices) {
    ASSERT_EQ(load_module("tun"), 0);
    for (const char* device : {"/dev/ttyS0", "/dev/net/tun"}) {
        const auto open_it = [&] { return outcome(::open(device, O_RDWR | O_NOCTTY | O_NONBLOCK)); };
        EXPECT_EQ(in_child(open_it), 0) << device;
        EXPECT_EQ(tainted(open_it), EPERM) << device;
    }
    // Opened before the model was read: the write is refused.
    EXPECT_EQ(in_child([&] {
                  const int fd = ::open("/dev/ttyS0", O_WRONLY | O_NOCTTY | O_NONBLOCK);
                  return read_model(model_) ? outcome(::write(fd, "w", 1)) : 200;
              }),
              EPERM);
    EXPECT_EQ(tainted([] { return outcome(::open("/dev/null", O_WRONLY)); }), 0);
}

// A FUSE daemon that knows one file, "resident", and takes what is written to it.
class FuseMount {
  public:
    FuseMount() {
        std::filesystem::create_directories(kPoint);
        device_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
        const std::string options = "fd=" + std::to_string(device_) + ",rootmode=40000,user_id=0,group_id=0";
        mounted_ = ::mount("test", kPoint, "fuse", 0, options.c_str()) == 0;
        if (mounted_) server_ = std::thread([this] { serve(); });
    }
    ~FuseMount() {
        if (mounted_) ::umount2(kPoint, MNT_DETACH);
        if (server_.joinable()) server_.join();
        ::close(device_);
    }
    FuseMount(const FuseMount&) = delete;
    FuseMount& operator=(const FuseMount&) = delete;

    static constexpr const char* kPoint = "/mnt/disk/fuse";
    bool is_mounted() const { return mounted_; }

  private:
    void answer(std::uint64_t unique, int error, const void* body = nullptr, std::size_t size = 0) const {
        std::vector<char> out(sizeof(fuse_out_header) + size);
        const fuse_out_header header{static_cast<std::uint32_t>(out.size()), error, unique};
        std::memcpy(out.data(), &header, sizeof header);
        if (size) std::memcpy(out.data() + sizeof header, body, size);
        (void)!::write(device_, out.data(), out.size());
    }
    static fuse_attr attributes(std::uint64_t node) {
        fuse_attr attr{};
        attr.ino = node;
        attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
        attr.nlink = 1;
        return attr;
    }
    void serve() const {
        std::vector<char> buffer(1 << 18);
        for (ssize_t got; (got = ::read(device_, buffer.data(), buffer.size())) > 0 || errno == EINTR;) {
            fuse_in_header in{};
            std::memcpy(&in, buffer.data(), sizeof in);
            const char* body = buffer.data() + sizeof in;
            switch (in.opcode) {
                case FUSE_INIT: {
                    fuse_init_out out{};
                    out.major = FUSE_KERNEL_VERSION;
                    out.minor = 31;
                    out.max_write = 1 << 16;
                    answer(in.unique, 0, &out, sizeof out);
                    break;
                }
                case FUSE_GETATTR:
                case FUSE_SETATTR: {
                    fuse_attr_out out{};
                    out.attr = attributes(in.nodeid);
                    answer(in.unique, 0, &out, sizeof out);
                    break;
                }
                case FUSE_LOOKUP: {
                    fuse_entry_out out{};
                    if (std::strcmp(body, "resident") != 0) {
                        answer(in.unique, -ENOENT);
                        break;
                    }
                    out.nodeid = 2;
                    out.attr = attributes(2);
                    answer(in.unique, 0, &out, sizeof out);
                    break;
                }
                case FUSE_OPEN: {
                    fuse_open_out out{};
                    answer(in.unique, 0, &out, sizeof out);
                    break;
                }
                case FUSE_WRITE: {
                    fuse_write_in asked{};
                    std::memcpy(&asked, body, sizeof asked);
                    fuse_write_out out{asked.size, 0};
                    answer(in.unique, 0, &out, sizeof out);
                    break;
                }
                case FUSE_FORGET:
                case FUSE_BATCH_FORGET:
                    break;
                default:
                    answer(in.unique, -ENOSYS);
            }
        }
    }

    int device_ = -1;
    bool mounted_ = false;
    std::thread server_;
};

TEST_F(SinksTest, AMountedFileSystemOfAnotherHostIsASink) {
    ASSERT_EQ(load_module("fuse"), 0);
    const FuseMount mount;
    ASSERT_TRUE(mount.is_mounted()) << std::strerror(errno);
    const std::string resident = std::string(FuseMount::kPoint) + "/resident";
    const auto open_it = [&] { return outcome(::open(resident.c_str(), O_WRONLY)); };
    EXPECT_EQ(in_child(open_it), 0);
    EXPECT_EQ(tainted(open_it), EPERM);
    EXPECT_EQ(tainted([] {
                  return outcome(
                      ::open((std::string(FuseMount::kPoint) + "/secret").c_str(), O_WRONLY | O_CREAT, 0600));
              }),
              EPERM);
    (void)events();
    EXPECT_EQ(in_child([&] {
                  const int fd = ::open(resident.c_str(), O_WRONLY);
                  return read_model(model_) ? outcome(::write(fd, "w", 1)) : 200;
              }),
              EPERM);
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().point, rules::Operation::kNetworkFilesystem);
    EXPECT_EQ(seen.back().path, resident);
}

}  // namespace

}  // namespace modelward::testing
