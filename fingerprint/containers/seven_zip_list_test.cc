// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/seven_zip_list.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

// A file of a signature header and a list.
Bytes file_with(const Bytes& list, std::uint64_t size) {
    Bytes file = testing::bytes_of("7z\xBC\xAF\x27\x1C");
    file.resize(20);
    for (int i = 0; i < 8; ++i)
        file.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
    file.resize(32);
    file.insert(file.end(), list.begin(), list.end());
    return file;
}
Bytes file_with(const Bytes& list) {
    return file_with(list, list.size());
}

// A list compressed by LZMA to 50 bytes, of the given size.
Bytes compressed_list(const Bytes& size) {
    Bytes list{23, 6, 0x80, 200, 1, 9, 50, 0, 7, 11, 1, 0, 1, 0x23, 3, 1, 1, 5, 0x5D, 0, 0, 1, 0, 12};
    list.insert(list.end(), size.begin(), size.end());
    list.insert(list.end(), {10, 1, 1, 2, 3, 4, 0, 0});
    return list;
}

ErrorCode refusal(const Bytes& file) {
    const auto checked = check_7z_list(MemorySource(file));
    EXPECT_FALSE(checked.has_value());
    return checked ? ErrorCode::kInternal : checked.error().code();
}

TEST(SevenZipList, TakesWhatIsWritten) {
    testing::Entries entries;
    for (int i = 0; i < 500; ++i)
        entries.push_back({"folder/file" + std::to_string(i), testing::bytes_of("content")});
    EXPECT_TRUE(check_7z_list(MemorySource(testing::archive_of(Wrapping::k7z, entries))).has_value());
    EXPECT_TRUE(check_7z_list(MemorySource(file_with({}))).has_value()) << "no files";
}

TEST(SevenZipList, ReadsTheSizeOfACompressedList) {
    EXPECT_TRUE(check_7z_list(MemorySource(file_with(compressed_list({0x90, 0, 0})))).has_value()) << "2^12";
    EXPECT_TRUE(check_7z_list(MemorySource(file_with(compressed_list({0xD0, 0, 0})))).has_value()) << "2^20";
    EXPECT_EQ(refusal(file_with(compressed_list({0xD0, 1, 0}))), ErrorCode::kLimit) << "one more";
    EXPECT_EQ(refusal(file_with(compressed_list(Bytes(9, 0xFF)))), ErrorCode::kLimit);
}

TEST(SevenZipList, RefusesAListThatIsTooLongAsItIs) {
    Bytes list(kMax7zListBytes + 1);
    list[0] = 1;
    EXPECT_EQ(refusal(file_with(list)), ErrorCode::kLimit);
    list.pop_back();
    EXPECT_TRUE(check_7z_list(MemorySource(file_with(list))).has_value());
}

TEST(SevenZipList, RefusesWhatItDoesNotUnderstand) {
    EXPECT_EQ(refusal({}), ErrorCode::kInvalid);
    EXPECT_EQ(refusal(file_with({1, 2}, 3)), ErrorCode::kInvalid) << "beyond the end";
    EXPECT_EQ(refusal(file_with({1, 2}, ~std::uint64_t{0})), ErrorCode::kInvalid);
    EXPECT_EQ(refusal(file_with({2, 0})), ErrorCode::kInvalid);
    const Bytes sound = compressed_list({0x90, 0, 0});
    for (std::size_t size = 1; size < 26; ++size)
        EXPECT_EQ(refusal(file_with(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)))),
                  ErrorCode::kInvalid)
            << size;
}

}  // namespace
}  // namespace modelward::fingerprint
