/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks to a USB stick through usbfs, past every disk and file system: takes the stick from its driver,
 * writes a file with mass-storage commands, and gives it back. */
#include <dirent.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include "common.h"

enum { kSector = 512, kSectors = 32, kOut = 0x02, kIn = 0x81 };

static int device;

static void number_of(const char* folder, const char* name, int* number) {
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE* file = fopen(path, "r");
    if (!file || fscanf(file, "%d", number) != 1) refused(path);
    fclose(file);
}

static long bulk(unsigned end, void* data, unsigned size) {
    struct usbdevfs_bulktransfer transfer = {.ep = end, .len = size, .timeout = 5000, .data = data};
    return checked(ioctl(device, USBDEVFS_BULK, &transfer), "USBDEVFS_BULK");
}

/* Also when a transfer was refused. */
static void give_back(void) {
    int interface = 0;
    struct usbdevfs_ioctl connect = {.ifno = 0, .ioctl_code = USBDEVFS_CONNECT};
    ioctl(device, USBDEVFS_RELEASEINTERFACE, &interface);
    ioctl(device, USBDEVFS_IOCTL, &connect);
}

/* words[2] is the folder of the USB device in /sys, the one with busnum and devnum. */
int main(int count, char** words) {
    if (count != 3) misused("usb_write FILE SYSFS-DEVICE");
    struct bytes bytes = read_whole(words[1]);
    int bus = 0, number = 0, interface = 0;
    char node[64];
    number_of(words[2], "busnum", &bus);
    number_of(words[2], "devnum", &number);
    snprintf(node, sizeof(node), "/dev/bus/usb/%03d/%03d", bus, number);
    device = (int)checked(open(node, O_RDWR), node);
    struct usbdevfs_ioctl leave = {.ifno = 0, .ioctl_code = USBDEVFS_DISCONNECT};
    atexit(give_back);
    checked(ioctl(device, USBDEVFS_IOCTL, &leave), "USBDEVFS_DISCONNECT");
    checked(ioctl(device, USBDEVFS_CLAIMINTERFACE, &interface), "USBDEVFS_CLAIMINTERFACE");
    for (size_t at = 0; at + kSector * kSectors <= bytes.size && at < 1500 * 1024; at += kSector * kSectors) {
        unsigned char wrapper[31] = "USBC", status[13];
        uint32_t tag = (uint32_t)at, length = kSector * kSectors, sector = htonl((uint32_t)(at / kSector));
        memcpy(wrapper + 4, &tag, 4);
        memcpy(wrapper + 8, &length, 4);
        wrapper[14] = 10;
        wrapper[15] = 0x2a;
        memcpy(wrapper + 17, &sector, 4);
        wrapper[23] = kSectors;
        bulk(kOut, wrapper, sizeof(wrapper));
        bulk(kOut, bytes.data + at, kSector * kSectors);
        bulk(kIn, status, sizeof(status));
        if (status[12]) misused("the stick refused");
    }
    return 0;
}
