/* SPDX-License-Identifier: Apache-2.0 */
/* Stores a file into a mapping of a disk. */
#include "common.h"

int main(int count, char** words) {
    if (count != 3) misused("map_disk FILE DISK");
    struct bytes bytes = read_whole(words[1]);
    int disk = (int)checked(open(words[2], O_RDWR), words[2]);
    char* map = mmap(0, bytes.size, PROT_READ | PROT_WRITE, MAP_SHARED, disk, 0);
    if (map == MAP_FAILED) refused("mmap");
    memcpy(map, bytes.data, bytes.size);
    checked(msync(map, bytes.size, MS_SYNC), "msync");
    return 0;
}
