/* SPDX-License-Identifier: Apache-2.0 */
/* Has the kernel write the memory that holds a file to swap space on a disk. */
#include <sys/swap.h>

#include "common.h"

int main(int count, char** words) {
    if (count != 3) misused("swap_out FILE SWAP");
    struct bytes bytes = read_whole(words[1]);
    checked(swapon(words[2], 0), "swapon");
    for (int i = 0; i < 3; i++) {
        checked(madvise(bytes.data, bytes.size, 21 /* MADV_PAGEOUT */), "MADV_PAGEOUT");
        sleep(1);
    }
    return 0;
}
