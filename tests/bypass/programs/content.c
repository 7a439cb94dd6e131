/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what files hold: bytes in blocks of 512 that are not all zero, for a file can be long and empty.
 * Measures a sink from outside the suite's own process, which must not read what may be labelled. */
#include "common.h"

int main(int count, char** words) {
    static char block[512];
    size_t held = 0;
    for (int i = 1; i < count; i++) {
        int file = open_to_read(words[i]);
        size_t got;
        while ((got = read_some(file, block, sizeof(block))) > 0) {
            size_t zeros = 0;
            while (zeros < got && !block[zeros])
                zeros++;
            if (zeros < got) held += got;
        }
        close(file);
    }
    printf("%zu\n", held);
    return 0;
}
