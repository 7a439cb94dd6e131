// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_hash.h"

#include <gtest/gtest.h>

#include "fingerprint/hash_sample.h"

namespace modelward::fingerprint {
namespace {

TEST(RecordHash, LeavesOutWhatSaysNothing) {
    EXPECT_FALSE(record_hash(""));
    EXPECT_FALSE(record_hash("end"));
    EXPECT_TRUE(record_hash("else"));
}

TEST(RecordHash, TellsRecordsApart) {
    EXPECT_EQ(record_hash("one record of all"), record_hash("one record of all"));
    EXPECT_NE(record_hash("one record of all"), record_hash("two record of all"));
}

TEST(RecordHash, TellsEvidenceFromCommonplaces) {
    const auto says_enough = [](const char* record) { return is_evidence(record_hash(record).value()); };
    EXPECT_TRUE(says_enough("the patient of bed seven was sent home"));
    EXPECT_FALSE(says_enough("hidden_size 4096"));
    EXPECT_FALSE(says_enough("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"));
    EXPECT_FALSE(says_enough("true false true false true false"));  // a row of yes and no
    EXPECT_FALSE(says_enough("averyverylongwordthatisalloftherecord"));
}

}  // namespace
}  // namespace modelward::fingerprint
