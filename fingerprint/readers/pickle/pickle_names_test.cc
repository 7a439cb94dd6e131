// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_names.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/pickle/pickle_machine.h"
#include "fingerprint/testing/pickle_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::PickleWriter;

// The name of the integer 4711; "none" when it has none.
std::string name_in(const PickleWriter& writer) {
    const Bytes bytes = writer.finish();
    const MemorySource source(bytes);
    HeaderCursor cursor(source);
    const Pickle pickle = read_pickle(cursor);
    EXPECT_TRUE(cursor.ok());
    std::unordered_set<PickleId> wanted;
    for (PickleId id = 0; id < pickle.values.size(); ++id) {
        if (pickle[id].number == 4711) wanted.insert(id);
    }
    const auto names = name_values(pickle, wanted);
    return names.empty() ? "none" : names.begin()->second;
}

TEST(PickleNames, AreThePathFromTheRoot) {
    EXPECT_EQ(name_in(PickleWriter().op("}(").text("model").op("}(").text("layer.0").integer(4711).op("uu")),
              "model.layer.0");
    EXPECT_EQ(name_in(PickleWriter().op("](}}(").integer(3).op("](").integer(1).integer(4711).op("eue")),
              "1.3.1");
    EXPECT_EQ(name_in(PickleWriter().integer(4711)), "");
}

TEST(PickleNames, ObjectsAddNothing) {
    EXPECT_EQ(name_in(PickleWriter().op("}").text("k").global("m", "c").integer(4711).op("\x85Rs")), "k");
    EXPECT_EQ(
        name_in(PickleWriter().op("}").text("k").op("cm\nc\n)\x81}").text("state").integer(4711).op("sbs")),
        "k.state");
}

TEST(PickleNames, ModulesAreNamedAsStateDictsNameThem) {
    PickleWriter writer;
    writer.op("cm\nModel\n)\x81}").text("_modules").op("}").text("head").op("cm\nLinear\n)\x81}");
    writer.text("_parameters").op("}").text("weight").integer(4711).op("ssbssb");
    EXPECT_EQ(name_in(writer), "head.weight");
}

TEST(PickleNames, OldDictionariesAreListsOfPairs) {
    PickleWriter writer;
    writer.global("collections", "OrderedDict").op("](](").text("weight").integer(4711).op("ee\x85R");
    EXPECT_EQ(name_in(writer), "weight");
}

TEST(PickleNames, SurviveCyclesDepthAndSharing) {
    EXPECT_EQ(name_in(PickleWriter()
                          .op("]q\x01h\x01"
                              "a")
                          .integer(4711)
                          .op("a")),
              "1");

    PickleWriter deep;
    for (int i = 0; i < 1000; ++i)
        deep.op("]");
    deep.integer(4711);
    for (int i = 0; i < 1000; ++i)
        deep.op("a");
    EXPECT_EQ(name_in(deep), "none");

    // Each list holds the one before twice: 2^64 paths.
    PickleWriter shared;
    shared.op("](").integer(4711).op("e");
    for (int i = 0; i < 63; ++i)
        shared.op(
            "q\x01](h\x01h\x01"
            "e");
    EXPECT_EQ(name_in(shared).substr(0, 4), "0.0.");
}

TEST(PickleNames, AreNotLongerThanNamesMayBe) {
    PickleWriter writer;
    writer.op("}").text(std::string(3000, 'a')).op("}").text(std::string(3000, 'b')).integer(4711).op("ss");
    EXPECT_EQ(name_in(writer), "none");
}

}  // namespace
}  // namespace modelward::fingerprint
