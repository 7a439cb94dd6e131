/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a file to a disk with SCSI commands of its own, past the block layer. */
#include <scsi/sg.h>
#include <sys/ioctl.h>

#include "common.h"

enum { kSector = 512, kSectors = 64 };

int main(int count, char** words) {
    if (count != 3) misused("scsi_write FILE DISK");
    struct bytes bytes = read_whole(words[1]);
    int disk = (int)checked(open(words[2], O_RDWR), words[2]);
    for (size_t at = 0; at + kSector * kSectors <= bytes.size; at += kSector * kSectors) {
        uint32_t sector = htonl((uint32_t)(at / kSector));
        unsigned char command[10] = {0x2a, 0, 0, 0, 0, 0, 0, 0, kSectors, 0}, sense[32];
        memcpy(command + 2, &sector, 4);
        struct sg_io_hdr request = {.interface_id = 'S',
                                    .dxfer_direction = SG_DXFER_TO_DEV,
                                    .cmd_len = 10,
                                    .mx_sb_len = sizeof(sense),
                                    .dxfer_len = kSector * kSectors,
                                    .dxferp = bytes.data + at,
                                    .cmdp = command,
                                    .sbp = sense,
                                    .timeout = 20000};
        checked(ioctl(disk, SG_IO, &request), "SG_IO");
        if (request.status) misused("the disk refused");
    }
    return 0;
}
