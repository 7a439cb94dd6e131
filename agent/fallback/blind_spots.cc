// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/blind_spots.h"

namespace modelward::agent {

std::vector<std::string> fallback_blind_spots() {
    return {
        "Root against the agent: the sensor fallback cannot guard it.",
        "without a running agent no open is held: nobody new is tainted and removable media are open to "
        "all; only the network traffic of processes that are tainted already goes on being judged",
        "what passes between processes: pipes, unix sockets, shared and foreign memory, message queues, "
        "terminals, descriptors of unlabelled copies, a vfork child's reading into its parent's memory",
        "files that a tainted process wrote, until it closes them; memory files (memfd), files on network "
        "file systems and those of mounts in other mount namespaces altogether; small pieces of a file, "
        "which are not added up",
        "a labelled file that is read through an overlay, or under its file system by the disk's node: "
        "neither taints anybody, nor is it reported",
        "a mapping of a labelled file that was made before the file was labelled, or was handed over",
        "names on removable media (an empty file stays behind a refused open; mkdir, rename, symlink, "
        "extended attributes), and any writing there through what was opened or mapped before the process "
        "was tainted and is no descriptor of its own: handed over since, mapped and closed, or registered "
        "with io_uring",
        "how much is written to removable media, serial lines and other such devices: an open for writing, "
        "and reading a labelled file while one is open for writing, is refused whatever the rule's budget",
        "a device that a tainted process opens for reading only and writes to by ioctl; a disk, or a loop "
        "or mapped device over one, in the moment (at most two seconds) until it is known to be removable; "
        "and that a rule ends a process which opens a device: it is refused only",
        "sticks that are mounted in another mount namespace only, sticks with btrfs (their files have "
        "device numbers of their own), and disks that hang on no USB bus",
        "network file systems and network block devices: rules for them (sink.kind network-filesystem) are "
        "not evaluated",
        "network traffic that is no IPv4 or IPv6 socket's of the judged cgroup: packet sockets, subflows "
        "of MPTCP, SCTP, vsock, Bluetooth, RDMA",
        "a connection that another process hands over after it was tainted",
        "names of destinations (destination.domain): none is learned, so that a rule which asks for one "
        "judges every destination as one whose name is not known",
        "what is sent to an approved destination on loopback: its receiver is not followed (a relay, ssh "
        "-L)",
        "scripts: whoever was started by #! is its interpreter only, so that a rule or an exemption which "
        "names the script does not hold for it",
        "a change of user without executing a program: the process is judged as the user it was",
        "a labelled file that the kernel itself reads: whoever sets up a loop device over it is tainted "
        "and whoever uses that is not; of an NFS server nobody is",
        "bytes beyond a budget end a TCP connection instead of failing the write; bytes that are sent "
        "again are charged again",
    };
}

}  // namespace modelward::agent
