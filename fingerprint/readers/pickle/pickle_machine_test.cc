// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/pickle/pickle_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/pickle/pickle_opcodes.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/pickle_writer.h"

namespace modelward::fingerprint {
namespace {

using namespace std::string_literals;
using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::PickleWriter;

// A pickle with what its cursor said.
struct Outcome {
    Pickle pickle;
    std::optional<Error> error;
    std::uint64_t position;

    const PickleValue& root() const { return pickle[pickle.root]; }
    const PickleValue& item(std::size_t i) const { return pickle[root().items.at(i)]; }
};

Outcome run(const Bytes& bytes) {
    const MemorySource source(bytes);
    HeaderCursor cursor(source);
    Pickle pickle = read_pickle(cursor);
    return {std::move(pickle), cursor.ok() ? std::nullopt : std::optional(cursor.error()), cursor.position()};
}

Outcome run_text(std::string_view text) {
    return run(Bytes(text.begin(), text.end()));
}

// The integers of the tuple or list at the root.
std::vector<std::int64_t> integers(const Outcome& outcome) {
    EXPECT_FALSE(outcome.error.has_value()) << outcome.error->message();
    std::vector<std::int64_t> numbers;
    for (const PickleId id : outcome.root().items)
        numbers.push_back(outcome.pickle[id].number);
    return numbers;
}

void expect_refused(const Bytes& bytes, ErrorCode code, const std::string& because) {
    const Outcome outcome = run(bytes);
    ASSERT_TRUE(outcome.error.has_value()) << because;
    EXPECT_EQ(outcome.error->code(), code) << outcome.error->message();
    EXPECT_THAT(outcome.error->message(), HasSubstr(because));
    EXPECT_EQ(outcome.root().kind, PickleKind::kNone);
}

TEST(PickleMachine, ReadsIntegersOfEveryProtocol) {
    EXPECT_THAT(integers(run_text("(I7\nI-7\nL12345678901L\nt.")), ElementsAre(7, -7, 12345678901));
    EXPECT_THAT(integers(run_text(std::string_view("(J\xFE\xFF\xFF\xFFK\xC8M\x01\x02t.", 13))),
                ElementsAre(-2, 200, 513));
    EXPECT_THAT(
        integers(run_text(std::string_view("(\x8A\x00\x8A\x01\xFF\x8A\x02\x00\x80\x8A\x02\xFF\x00t.", 16))),
        ElementsAre(0, -1, -32768, 255));
    EXPECT_THAT(integers(run_text(std::string_view("(\x8B\x02\x00\x00\x00\x01\x01t.", 10))),
                ElementsAre(257));
}

TEST(PickleMachine, KeepsNoIntegersBeyond64Bits) {
    EXPECT_EQ(run_text("L123456789012345678901L\n.").root().kind, PickleKind::kOpaque);
    EXPECT_EQ(run_text("\x8A\x09"
                       "123456789.")
                  .root()
                  .kind,
              PickleKind::kOpaque);
}

TEST(PickleMachine, ReadsTextsWithTheirPlace) {
    const Outcome outcome = run(PickleWriter().text("weights").finish());
    EXPECT_EQ(outcome.root().kind, PickleKind::kText);
    EXPECT_EQ(outcome.root().text, "weights");
    EXPECT_EQ(outcome.root().offset, 7U);
    EXPECT_EQ(outcome.root().bytes, 7U);
    EXPECT_EQ(run_text("S'old'\n.").root().text, "old");
    EXPECT_EQ(run_text("Vunicode\n.").root().text, "unicode");
    EXPECT_EQ(run_text("U\x03"
                       "two.")
                  .root()
                  .text,
              "two");
    EXPECT_EQ(run_text("\x8C\x04"
                       "four.")
                  .root()
                  .text,
              "four");
}

TEST(PickleMachine, PassesOverDataUnread) {
    const Bytes data = testing::noise_bytes(1, 50'000);
    const Outcome outcome = run(PickleWriter().bytes(data).finish());
    EXPECT_FALSE(outcome.error.has_value());
    EXPECT_EQ(outcome.root().kind, PickleKind::kBytes);
    EXPECT_EQ(outcome.root().bytes, data.size());
    EXPECT_TRUE(outcome.root().text.empty());
}

TEST(PickleMachine, BuildsContainers) {
    EXPECT_THAT(integers(run_text("(lI1\naI2\na.")), ElementsAre(1, 2));
    EXPECT_THAT(integers(run_text("](I1\nI2\ne.")), ElementsAre(1, 2));
    EXPECT_THAT(integers(run_text("I1\nI2\nI3\n\x87.")), ElementsAre(1, 2, 3));
    EXPECT_THAT(integers(run_text("I0\nI1\nI2\n\x86.")), ElementsAre(1, 2));
    EXPECT_THAT(integers(run_text("}(I1\nI2\nI3\nI4\nu.")), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(integers(run_text("(I1\nI2\ndI3\nI4\ns.")), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(integers(run_text("\x8F(I1\n\x90.")), ElementsAre(1));
    EXPECT_TRUE(run_text(").").root().items.empty());
}

TEST(PickleMachine, RemembersValuesOfTheMemo) {
    EXPECT_THAT(integers(run_text("(I5\np3\ng3\nt.")), ElementsAre(5, 5));
    EXPECT_THAT(integers(run_text("(I5\nq\x07h\x07t.")), ElementsAre(5, 5));
    EXPECT_THAT(integers(run_text("(I5\n\x94I6\n\x94h\x01h" + std::string(1, '\0') + "t.")),
                ElementsAre(5, 6, 6, 5));
}

TEST(PickleMachine, RemembersWhatWasToBeCalledButCallsNothing) {
    const Outcome outcome = run(PickleWriter().global("os", "system").op("(").text("id").op("tR").finish());
    EXPECT_FALSE(outcome.error.has_value());
    EXPECT_EQ(outcome.root().kind, PickleKind::kObject);
    EXPECT_EQ(outcome.pickle[outcome.root().callable].text, "os.system");
    EXPECT_EQ(outcome.pickle[outcome.pickle[outcome.root().arguments].items.at(0)].text, "id");
}

TEST(PickleMachine, KnowsEveryWayToMakeAnObject) {
    for (const std::string_view text : {"(im\nc\n.", "(cm\nc\no.", "cm\nc\n)\x81.", "cm\nc\n)}\x92.",
                                        "\x8C\x01m\x8C\x01"
                                        "c\x93)\x81."}) {
        const Outcome outcome = run_text(text);
        EXPECT_FALSE(outcome.error.has_value()) << text;
        EXPECT_EQ(outcome.root().kind, PickleKind::kObject) << text;
        EXPECT_EQ(outcome.pickle[outcome.root().callable].text, "m.c") << text;
    }
}

TEST(PickleMachine, GivesObjectsTheirStateAndItems) {
    const Outcome outcome = run_text("cm\nc\n)\x81I1\nbI2\nI3\nsI4\na.");
    EXPECT_EQ(outcome.pickle[outcome.root().state].number, 1);
    ASSERT_EQ(outcome.root().items.size(), 4U);
    EXPECT_EQ(outcome.item(1).number, 3);
    EXPECT_EQ(outcome.item(2).kind, PickleKind::kNone);
    EXPECT_EQ(outcome.item(3).number, 4);
}

TEST(PickleMachine, KeepsPersistentIdentities) {
    const Outcome outcome = run_text("I9\nQ.");
    EXPECT_EQ(outcome.root().kind, PickleKind::kPersistent);
    EXPECT_EQ(outcome.item(0).number, 9);
    EXPECT_EQ(run_text("Pname\n.").item(0).text, "name");
}

TEST(PickleMachine, StopsBehindThePickle) {
    Bytes two = PickleWriter().integer(1).finish();
    const std::size_t end = two.size();
    testing::append(two, PickleWriter().integer(2).finish());
    EXPECT_EQ(run(two).position, end);
}

TEST(PickleMachine, CallsBackBehindBuild) {
    const Bytes bytes = PickleWriter().op("cm\nc\n)\x81Nb").raw(Bytes(5, 0xFF)).op("0I4\n").finish();
    const MemorySource source(bytes);
    HeaderCursor cursor(source);
    int calls = 0;
    const Pickle pickle = read_pickle(cursor, [&](const Pickle& so_far, PickleId built) {
        ++calls;
        EXPECT_EQ(so_far[built].kind, PickleKind::kObject);
        cursor.pass(5);
    });
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(pickle[pickle.root].number, 4);
}

TEST(PickleMachine, RefusesPicklesThatTakeWhatIsNotThere) {
    const auto refuse = [](std::string_view text, const std::string& because) {
        expect_refused(Bytes(text.begin(), text.end()), ErrorCode::kInvalid, because);
    };
    refuse(".", "empty stack");
    refuse("0.", "empty stack");
    refuse("I1\n(0R.", "empty stack");
    refuse("I1\n(R.", "empty stack");  // not across a mark
    refuse("2.", "empty stack");
    refuse("q\x01.", "empty stack");
    refuse("t.", "no mark");
    refuse("h\x01.", "memo entry 1 does not exist");
    refuse("gx\n.", "'x' is no memo entry");
    refuse("\xF0.", "240 is no opcode");
    refuse("", "ends inside the header");
    refuse("X\xFF\xFF\xFF\xFF.", "ends inside");
    refuse("B\xFF\xFF\xFF\xFF.", "ends inside data");
}

TEST(PickleMachine, BoundsStackMarksMemoAndValues) {
    const auto repeat = [](std::string_view start, std::string_view unit, std::size_t times) {
        Bytes bytes(start.begin(), start.end());
        for (std::size_t i = 0; i < times; ++i)
            bytes.insert(bytes.end(), unit.begin(), unit.end());
        return bytes;
    };
    expect_refused(repeat("", "(", kMaxPickleMarks + 1), ErrorCode::kLimit, "marks are open");
    expect_refused(repeat("", "N", kMaxPickleStack + 1), ErrorCode::kLimit, "the stack is deeper");
    expect_refused(repeat("N", "\x94", kMaxPickleMemo + 1), ErrorCode::kLimit, "memo entries");
    expect_refused(repeat("", "]0", kMaxPickleBytes / sizeof(PickleValue) + 1), ErrorCode::kLimit,
                   "values take");
    // Integers, constants and the memo are shared: a long list of small numbers costs nothing.
    EXPECT_LT(run(repeat("K\x01", "0K\x01", 1000)).pickle.values.size(), 10U);
}

// Each of these makes few bytes of pickle hold many of memory.
TEST(PickleMachine, BoundsTheMemoryOfWhatValuesHold) {
    const auto refused_after = [](const std::string& start, const std::string& unit) {
        Bytes bytes(start.begin(), start.end());
        std::size_t times = 0;
        for (; bytes.size() < (64U << 20); ++times)
            bytes.insert(bytes.end(), unit.begin(), unit.end());
        const Outcome outcome = run(bytes);
        EXPECT_TRUE(outcome.error && outcome.error->code() == ErrorCode::kLimit) << unit;
        return outcome.pickle.values.size();
    };
    refused_after("]N", "aN");         // one list, appended to
    refused_after("]", "(NNNNNNNNe");  // the same, by eights
    EXPECT_LT(refused_after("", "X\x64\0\0\0"s + std::string(100, 't') + "0"),
              kMaxPickleBytes / 200);                                                  // texts
    EXPECT_LT(refused_after("", "}(K\x01K\x02K\x03K\x04u0"s), kMaxPickleBytes / 120);  // dicts
}

// Keys of the memo count up in what Python writes; a hostile pickle may jump.
TEST(PickleMachine, TheMemoHasAnyKeys) {
    EXPECT_EQ(run_text(("K\x05q\x00K\x06q\x02K\x07q\x01"
                        "0h\x02."s))
                  .root()
                  .number,
              6);
    EXPECT_EQ(run_text(("K\x05q\x02K\x06q\x00K\x07q\x01K\x08q\x02"
                        "0h\x02."s))
                  .root()
                  .number,
              8);
    EXPECT_EQ(run_text(("K\x05r\xFF\xFF\xFF\xFFK\x06\x94"
                        "0j\xFF\xFF\xFF\xFF."s))
                  .root()
                  .number,
              5);
    EXPECT_EQ(run_text(("K\x05\x94K\x06\x94K\x07q\x00"
                        "00h\x01."s))
                  .root()
                  .number,
              6)
        << "memorised again";
}

TEST(PickleMachine, KeepsWhatItMadeBeforeItBreaksOff) {
    const Outcome outcome = run(PickleWriter().text("kept").unfinished());
    ASSERT_TRUE(outcome.error.has_value());
    EXPECT_EQ(outcome.pickle.values.back().text, "kept");
}

TEST(PickleOpcodes, AreSixtyEight) {
    int known = 0;
    for (int opcode = 0; opcode < 256; ++opcode) {
        if (argument_of(static_cast<std::uint8_t>(opcode))) ++known;
    }
    EXPECT_EQ(known, 68);  // pickletools of Python 3.8 to 3.14 has as many
}

}  // namespace
}  // namespace modelward::fingerprint
