/* SPDX-License-Identifier: Apache-2.0 */
/* Waits until something listens on a TCP port of this network namespace, without connecting to it. */
#include "common.h"

static int listens(const char* table, unsigned port) {
    char line[512];
    unsigned local, state;
    int found = 0;
    FILE* file = fopen(table, "r");
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &local, &state) == 2)
            found |= local == port && state == 10; /* TCP_LISTEN */
    if (file) fclose(file);
    return found;
}

int main(int count, char** words) {
    if (count != 2) misused("await_port PORT");
    unsigned port = (unsigned)atoi(words[1]);
    for (int tries = 0; tries < 400; tries++) {
        if (listens("/proc/self/net/tcp", port) || listens("/proc/self/net/tcp6", port)) return 0;
        usleep(50000);
    }
    misused("await_port: nothing listens");
}
