// SPDX-License-Identifier: Apache-2.0
// Where models may begin.
#include "fingerprint/carving/signature_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace modelward::fingerprint {
namespace {

using namespace std::string_literals;
using Places = std::vector<std::uint64_t>;

Places places_in(std::string_view text, std::size_t block = 1 << 20) {
    SignatureSearch search;
    for (std::size_t at = 0; at < text.size(); at += block) {
        const auto part = text.substr(at, block);
        search.push({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
    }
    Places begins;
    for (const Place& place : search.places())
        begins.push_back(place.begin);
    return begins;
}

const std::string kJunk(1000, 'j');
// The first bytes of a model in each format.
const std::string kBeginnings[] = {"\x40\x01\0\0\0\0\0\0{\"weight\":{"s,
                                   "\x40\x01\0\0\0\0\0\0{ \"weight\":{"s,
                                   "GGUF\1\0\0\0"s,
                                   "GGUF\2\0\0\0"s,
                                   "GGUF\3\0\0\0"s,
                                   "\x1c\0\0\0TFL3"s,
                                   "\x89HDF\r\n\x1a\n"s,
                                   "PK\3\4"s,
                                   "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"s};

TEST(SignatureSearch, FindsEachFormatWhereItBegins) {
    for (const std::string& beginning : kBeginnings) {
        EXPECT_EQ(places_in(kJunk + beginning), Places{1000}) << beginning;
        EXPECT_EQ(places_in("j" + beginning + kJunk), Places{1}) << beginning;
    }
}

TEST(SignatureSearch, AtAnyPlaceAndAcrossBlocks) {
    for (const std::string& beginning : kBeginnings) {
        for (std::size_t before = 1; before <= 40; ++before) {
            const std::string text = kJunk.substr(0, before) + beginning + kJunk.substr(0, 40);
            for (const std::size_t block : {1, 5, 16, 17, 33})
                EXPECT_EQ(places_in(text, block), Places{before}) << beginning << " in blocks of " << block;
        }
    }
}

TEST(SignatureSearch, TheFileItselfIsNoPlace) {
    for (const std::string& beginning : kBeginnings)
        EXPECT_EQ(places_in(beginning + kJunk), Places{}) << beginning;
    EXPECT_EQ(places_in("PK\3\4 an entry PK\3\4 another"), Places{})
        << "an archive's later entries begin nothing";
}

TEST(SignatureSearch, SomethingNearASignatureIsNone) {
    for (std::string beginning : kBeginnings) {
        // The safetensors length may be any, and so may what refers to a flatbuffer's table.
        for (std::size_t at = 0; at < beginning.size(); ++at) {
            if (beginning.starts_with("\x40") && (at < 4 || at > 8)) continue;
            if (beginning.starts_with("\x1c") && at < 4) continue;
            std::string changed = beginning;
            changed[at] = static_cast<char>(changed[at] ^ 0x20);
            EXPECT_EQ(places_in(kJunk + changed), Places{}) << beginning << " changed at " << at;
        }
    }
    EXPECT_EQ(places_in(kJunk + "the GGUF format"), Places{}) << "a text about it";
}

TEST(SignatureSearch, SeveralAreFoundInTheirOrder) {
    std::string text;
    Places expected;
    for (const std::string& beginning : kBeginnings) {
        text += kJunk;
        expected.push_back(text.size());
        text += beginning;
    }
    EXPECT_EQ(places_in(text), expected);
}

TEST(SignatureSearch, EachZipArchiveBeginsAtItsFirstEntryAndEndsAtItsEnd) {
    const std::string archive = "PK\3\4 an entry PK\3\4 another PK\5\6" + std::string(18, '.');
    const std::string text = archive + kJunk + archive + kJunk + archive;
    const std::uint64_t second = archive.size() + kJunk.size(), third = 2 * second;
    for (const std::size_t block : {5U, 64U, 5000U}) {
        SignatureSearch search;
        for (std::size_t at = 0; at < text.size(); at += block) {
            const auto part = std::string_view(text).substr(at, block);
            search.push({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
        }
        EXPECT_EQ(search.places(),
                  (std::vector<Place>{{second, second + archive.size()}, {third, third + archive.size()}}));
    }
}

TEST(SignatureSearch, SaysWhenThereAreTooMany) {
    SignatureSearch search;
    std::string text;
    for (std::size_t i = 0; i < kMostPlaces; ++i)
        text += "j" + kBeginnings[2];
    const auto push = [&](const std::string& more) {
        search.push({reinterpret_cast<const std::uint8_t*>(more.data()), more.size()});
    };
    push(text);
    EXPECT_FALSE(search.has_more());
    EXPECT_EQ(search.places().size(), kMostPlaces);
    push(text);
    EXPECT_TRUE(search.has_more());
    EXPECT_EQ(search.places().size(), kMostPlaces);
}

}  // namespace
}  // namespace modelward::fingerprint
