// SPDX-License-Identifier: Apache-2.0
// What a start costs: the verifier reads the programs one after the other while nothing is enforced yet.
#include <bpf/bpf.h>

#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using LoadTest = SensorTest;

// Instructions, the same on every machine with the same kernel. 6.1 and 6.12 read 1.3 million, 7.3 1.7
// million (the largest program there: 103,000): a call or a loop that multiplies the ways through a program
// shows.
constexpr std::uint64_t kLargestProgram = 250'000;
constexpr std::uint64_t kAllPrograms = 2'000'000;

TEST_F(LoadTest, TheVerifierIsDoneSoon) {
    std::uint64_t all = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(sensor_options().pin_directory / "programs")) {
        const UniqueFd program(::bpf_obj_get(entry.path().c_str()));
        ASSERT_TRUE(program) << entry.path();
        bpf_prog_info info{};
        std::uint32_t size = sizeof info;
        ASSERT_EQ(::bpf_obj_get_info_by_fd(program.get(), &info, &size), 0);
        EXPECT_GT(info.verified_insns, 0u) << info.name;
        EXPECT_LT(info.verified_insns, kLargestProgram) << info.name;
        all += info.verified_insns;
    }
    EXPECT_LT(all, kAllPrograms);
    RecordProperty("verified_instructions", std::to_string(all));
    std::printf("the verifier read %llu instructions\n", static_cast<unsigned long long>(all));
}

}  // namespace

}  // namespace modelward::testing
