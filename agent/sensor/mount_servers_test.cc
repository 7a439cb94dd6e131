// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mount_servers.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace modelward::agent {

namespace {

std::map<std::uint32_t, kernel::server> parse(const std::string& text) {
    return servers_of(parse_mounts(text));
}

TEST(MountServers, NfsAndSmbAreKnownByTheAddressTheyAreMountedFrom) {
    const auto found = parse(
        "36 25 0:45 / /data rw,relatime shared:1 - nfs4 nas:/data rw,vers=4.2,port=0,addr=10.1.2.3\n"
        "37 25 0:46 / /share rw - cifs //files/x rw,vers=3.1.1,addr=fe80::1%eth0,port=4450\n");
    ASSERT_EQ(found.size(), 2u);
    const std::uint8_t v4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3};
    EXPECT_TRUE(std::ranges::equal(found.at(45).address, v4));
    EXPECT_EQ(found.at(45).port, 2049u);
    EXPECT_EQ(found.at(46).address[0], 0xfe);
    EXPECT_EQ(found.at(46).port, 4450u);
}

TEST(MountServers, WhatHasNoAddressIsLeftOut) {
    EXPECT_TRUE(parse("40 25 8:1 / / rw - ext4 /dev/sda1 rw\n"
                      "41 25 0:50 / /m rw - fuse.sshfs host:/ rw,user_id=0,addr=10.0.0.1\n"
                      "42 25 0:51 / /n rw - nfs4 nas:/ rw,addr=not-an-address\n"
                      "43 25 0:52 / /o rw - nfs4 nas:/ rw\n"
                      "44 25 nonsense / /p rw - nfs4 nas:/ rw,addr=10.0.0.1\n"
                      "45 25\n")
                    .empty());
}

}  // namespace

}  // namespace modelward::agent
