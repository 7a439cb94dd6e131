/* SPDX-License-Identifier: Apache-2.0 */
/* Moves a file piece by piece, each in a process of its own that sees no other piece.
 * At most COUNT pieces. To "FOLDER/" every piece becomes a file; to "ADDRESS:PORT" a connection; anything
 * else is one file. */
#include "common.h"

int main(int count, char** words) {
    if (count < 4 || atoi(words[1]) < 1) misused("pieces BYTES FILE SINK [COUNT]");
    size_t most = count > 4 ? (size_t)atoi(words[4]) : SIZE_MAX;
    size_t piece = (size_t)atoi(words[1]), length = strlen(words[3]);
    struct stat facts;
    checked(stat(words[2], &facts), words[2]);
    for (size_t at = 0, number = 0; at < (size_t)facts.st_size && number < most; at += piece, number++) {
        pid_t child = (pid_t)checked(fork(), "fork");
        if (child == 0) {
            char sink[4096];
            struct bytes bytes = memory(piece);
            int from = open_to_read(words[2]);
            bytes.size = (size_t)checked(pread(from, bytes.data, piece, (off_t)at), "read");
            int in_folder = words[3][length - 1] == '/';
            snprintf(sink, sizeof(sink), in_folder ? "%s%05zu" : "%s", words[3], number);
            int to = open_sink(sink);
            if (!in_folder && sink[0] == '/') checked(lseek(to, (off_t)at, SEEK_SET), "lseek");
            write_whole(to, bytes.data, bytes.size);
            _exit(0);
        }
        if (!ended_well(child)) return 1;
    }
    return 0;
}
