// SPDX-License-Identifier: Apache-2.0
// A model in pieces that are each below min_flow is one flow.
#include <fcntl.h>

#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

constexpr std::size_t kPiece = kMinFlow / 2;
constexpr int kPieces = 16;  // eight times min_flow in all

int write_file(const std::string& path, std::size_t bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::vector<char> block(bytes, 'w');
    return ::write(fd, block.data(), bytes) == static_cast<ssize_t>(bytes) ? 0 : errno;
}

class PiecesTest : public SensorTest {
  protected:
    // By a process of its own each.
    void write_tainted(const std::string& path, std::size_t bytes) {
        ASSERT_EQ(in_child([&] { return read_model(model_) ? write_file(path, bytes) : 200; }), 0);
    }
    std::string piece(int number) { return "/mnt/disk/piece" + std::to_string(number); }
    void TearDown() override {
        for (int i = 0; i <= kPieces; ++i)
            std::filesystem::remove(piece(i));
    }

    std::string model_ = make_model("model");
};

TEST_F(PiecesTest, PiecesAreLabelledWhenTheyAddUpAndNotBefore) {
    for (int i = 0; i + 1 < kPieces; ++i)
        write_tainted(piece(i), kPiece);
    EXPECT_FALSE(label_of(piece(0)));
    EXPECT_FALSE(label_of(piece(kPieces - 2)));
    write_tainted(piece(kPieces - 1), kPiece);
    for (int i = 0; i < kPieces; ++i)
        EXPECT_TRUE(label_of(piece(i))) << i;
    write_tainted(piece(kPieces), kMinFlow / 64);
    EXPECT_TRUE(label_of(piece(kPieces)));
    const std::string log = make_plain("log", 0);
    write_tainted(log, kMinFlow / 64 - 1);
    EXPECT_FALSE(label_of(log)) << "a few lines are no piece";
}

TEST_F(PiecesTest, WholeCopiesAndWhatWasFoundInnocentAreNoPieces) {
    for (int i = 0; i < kPieces; ++i) {
        write_tainted(piece(i), kPiece);
        if (i % 2 == 0) {
            write_tainted(piece(i), kPiece);  // crosses by itself
            EXPECT_TRUE(label_of(piece(i)));
        } else {
            clear_label(piece(i));
        }
    }
    const std::string log = make_plain("log", 0);
    write_tainted(log, kPiece);
    EXPECT_FALSE(label_of(log));
}

}  // namespace

}  // namespace modelward::testing
