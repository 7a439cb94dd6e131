/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a file as ACL data to a Bluetooth controller, through the channel that user-space stacks use, or a
 * raw one. */
#include <sys/ioctl.h>

#include "common.h"

enum { kHci = 1, kUserChannel = 1, kDown = 0x400448ca, kAcl = 0x02, kData = 1000, kMost = 1200 * 1024 };

struct hci_name {
    sa_family_t family;
    uint16_t device, channel;
};

int main(int count, char** words) {
    if (count != 2) misused("hci_send FILE");
    struct bytes bytes = read_whole(words[1]);
    int sock = (int)checked(socket(AF_BLUETOOTH, SOCK_RAW, kHci), "Bluetooth socket");
    ioctl(sock, kDown, 0);
    struct hci_name name = {AF_BLUETOOTH, 0, kUserChannel};
    checked(bind(sock, (struct sockaddr*)&name, sizeof(name)), "bind");
    for (size_t at = 0; at < bytes.size && at < kMost; at += kData) {
        uint16_t size = bytes.size - at < kData ? (uint16_t)(bytes.size - at) : kData;
        unsigned char packet[5 + kData] = {kAcl, 1, 0, (unsigned char)size, (unsigned char)(size >> 8)};
        memcpy(packet + 5, bytes.data + at, size);
        checked(write(sock, packet, 5 + size), "ACL data");
        if (at / kData % 16 == 15) usleep(2000);
    }
    sleep(1);
    return 0;
}
