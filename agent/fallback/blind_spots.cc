// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/blind_spots.h"

namespace modelward::agent {

std::vector<std::string> fallback_blind_spots() {
    return {
        "without a running agent no open is held: nobody new is tainted and removable media are open to "
        "all; only the network traffic of processes that are tainted already goes on being judged",
        "what passes between processes: pipes, unix sockets, shared and foreign memory, message queues, "
        "terminals, descriptors of unlabelled copies",
        "files that a tainted process wrote, until it closes them; memory files (memfd) and files on "
        "network file systems altogether",
        "a mapping of a labelled file that was made before the file was labelled, or was handed over",
        "names on removable media (an empty file stays behind a refused open; mkdir, rename, symlink, "
        "extended attributes), and any writing there through what was opened or mapped before the process "
        "was tainted and handed over since",
        "how much is written to removable media, serial lines and other such devices: an open for writing, "
        "and reading a labelled file while one is open for writing, is refused whatever the rule's budget",
        "a device that a tainted process opens for reading only and writes to by ioctl; a disk, or a loop "
        "or mapped device over one, in the moment (at most two seconds) until it is known to be removable; "
        "and that a rule ends a process which opens a device: it is refused only",
        "sticks that are mounted in another mount namespace only, and disks that hang on no USB bus",
        "network traffic that is no IPv4 or IPv6 socket's of the judged cgroup: packet sockets, TUN "
        "devices, subflows of MPTCP, vsock, Bluetooth, RDMA",
        "a connection that another process hands over after it was tainted",
        "names of destinations (destination.domain): none is learned, so that a rule which asks for one "
        "judges every destination as one whose name is not known",
        "what is sent to an approved destination on loopback: its receiver is not followed (a relay, ssh "
        "-L)",
        "scripts: whoever was started by #! is its interpreter only, so that a rule or an exemption which "
        "names the script does not hold for it",
        "a change of user without executing a program: the process is judged as the user it was",
        "a labelled file that the kernel itself reads (a loop device, an NFS server): whoever set it up is "
        "tainted, whoever uses it is not",
        "bytes beyond a budget end a TCP connection instead of failing the write; bytes that are sent "
        "again are charged again",
    };
}

}  // namespace modelward::agent
