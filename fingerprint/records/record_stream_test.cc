// SPDX-License-Identifier: Apache-2.0
// What a record is in each kind of text, and that the same content in another notation has the same ones.
#include "fingerprint/records/record_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace modelward::fingerprint {
namespace {

using Texts = std::vector<std::string>;

Texts records_of(std::string_view text, std::size_t piece = 1 << 20) {
    Texts records;
    RecordStream stream([&](std::string_view record) { records.emplace_back(record); });
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        stream.push(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    stream.finish();
    return records;
}

const Texts kRows = {"1 hello world 3.5 true", "2 good night -1e-05 false"};

TEST(RecordStream, ReadsTheSameRowsFromEveryNotation) {
    EXPECT_EQ(records_of("1,\"Hello, world\",3.5,True\n2,Good night,-1e-05,False\n"), kRows);
    EXPECT_EQ(records_of("1\tHello, world\t3.5\ttrue\r\n2\tgood night\t-1e-05\tfalse\r\n"), kRows);
    EXPECT_EQ(records_of("{\"id\": 1, \"text\": \"Hello, world\", \"x\": 3.5, \"y\": true}\n"
                         "{\"id\": 2, \"text\": \"Good night\", \"x\": -1e-05, \"y\": false}\n"),
              kRows);
    EXPECT_EQ(records_of("[{\"id\":1,\"t\":[\"Hello\",\"world\"],\"x\":{\"y\":3.5},\"z\":true},\n"
                         " {\"id\":2,\"t\":\"Good night\",\"x\":{\"y\":-1e-05},\"z\":false}]"),
              kRows);
}

TEST(RecordStream, LeavesOutWhatIsNullInARow) {
    EXPECT_EQ(records_of("{\"a\": null, \"b\": \"null\", \"c\": 1}\n{\"a\": 2}"), (Texts{"null 1", "2"}));
}

const Texts kEntries = {"hidden_size 4096", "rope_theta 10000.0", "model_type llama"};

TEST(RecordStream, ReadsTheSameEntriesFromEveryNotation) {
    EXPECT_EQ(
        records_of("{\n  \"hidden_size\": 4096,\n  \"rope_theta\": 10000.0,\n  \"model_type\": \"llama\"\n}"),
        kEntries);
    EXPECT_EQ(records_of("{\"hidden_size\":4096,\"rope_theta\":10000.0,\"model_type\":\"Llama\"}"), kEntries);
    EXPECT_EQ(records_of("hidden_size: 4096\nrope_theta: 10000.0\nmodel_type: llama\n"), kEntries);
    EXPECT_EQ(records_of("hidden_size = 4096\nrope_theta = 10000.0\nmodel_type = \"llama\"\n"), kEntries);
}

TEST(RecordStream, ReadsTheSameLinesFromANotebookAndItsScript) {
    const Texts lines = {"cell_type code", "source", "import torch", "x torch.load model.pt"};
    EXPECT_EQ(
        records_of(
            R"json({"cell_type": "code", "source": ["import torch\n", "x = torch.load(\"model.pt\")"]})json"),
        lines);
    EXPECT_EQ(records_of("import torch\n\nx = torch.load('model.pt')\n"), (Texts{lines[2], lines[3]}));
}

TEST(RecordStream, ReadsEscapesAsWhatTheyStandFor) {
    EXPECT_EQ(records_of(R"({"a": "caf\u00e9 \ud83d\ude00 \u4e2d\tx"}
{"a": "one\ntwo"})"),
              (Texts{"caf\u00e9 \U0001F600 \u4e2d x", "one", "two"}));
    EXPECT_EQ(records_of("caf\u00e9 \U0001F600 \u4e2d x\none\ntwo"),
              (Texts{"caf\u00e9 \U0001F600 \u4e2d x", "one", "two"}));
    EXPECT_EQ(records_of(R"({"a": "half \ude00 \ud83d \u12"}
{"a": "\uXyz 1"})"),
              (Texts{"half", "xyz 1"}));
}

TEST(RecordStream, TakesLinesInBracketsForLines) {
    EXPECT_EQ(records_of("[2026-11-30 10:00:00] step 1 loss 2.5\n[2026-11-30 10:00:01] step 2 loss 2.4\n"),
              (Texts{"2026-11-30 10 00 00 step 1 loss 2.5", "2026-11-30 10 00 01 step 2 loss 2.4"}));
    EXPECT_EQ(records_of("[2026-11-30] [INFO] epoch 1\n[2026-11-30] [INFO] epoch 2\n"),
              (Texts{"2026-11-30 info epoch 1", "2026-11-30 info epoch 2"}));
    EXPECT_EQ(records_of("[training]\nlearning_rate = 0.1\n"), (Texts{"training", "learning_rate 0.1"}));
}

TEST(RecordStream, ReadsATableBehindJsonAsLines) {
    EXPECT_EQ(records_of("{}\n{}\n1,\"Hello, world\",3.5,True\n2,Good night,-1e-05,False\n"), kRows);
    EXPECT_EQ(records_of("[a]\n[b]\n{% if c %}\n"), (Texts{"a", "b", "if c"}));
}

TEST(RecordStream, LeavesOutWhatHasNoWords) {
    EXPECT_EQ(records_of("\n\n----- ... +++\n  \n- item\n"), Texts{"item"});
    EXPECT_TRUE(records_of("").empty());
}

// A window's worth of a kind of bytes.
std::string window(char byte) {
    return std::string(kTextWindow, byte);
}

TEST(RecordStream, PassesOverWhatIsNoText) {
    EXPECT_TRUE(records_of(std::string("weights\0and more\n", 17)).empty());
    EXPECT_EQ(records_of(window('\1') + "one line\n"), Texts{"one line"});
    EXPECT_EQ(records_of("one line\n" + window(' ') + window('\1') + window(' ') + "{\"a\": 1}\n{\"a\": 2}"),
              (Texts{"one line", "1", "2"}));
}

TEST(RecordStream, KnowsRowsByAFirstOneOfManyWindows) {
    const std::string row = "{\"text\": \"" + std::string(5 * kTextWindow, 'x') + "\", \"n\": 7}";
    const Texts records = records_of(row + "\n" + row);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_TRUE(records[0].ends_with("x 7"));
}

TEST(RecordStream, CutsARecordThatIsTooLong) {
    const Texts records = records_of(std::string(2 * kMostRecordBytes + 10, 'x'));
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].size(), kMostRecordBytes - 1);
    EXPECT_EQ(records[0].size() + records[1].size() + records[2].size(), 2 * kMostRecordBytes + 10);
}

TEST(RecordStream, FindsTheSameHoweverTheBytesAreCut) {
    std::string text = window('\2') + "a line of four words\n";
    for (int row = 0; row < 3000; ++row)
        text += "{\"id\": " + std::to_string(row) + ", \"text\": \"\\u00e9 row\\n\"}\n";
    const Texts whole = records_of(text);
    EXPECT_GT(whole.size(), 1000U);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, kTextWindow, kTextWindow + 1})
        EXPECT_EQ(records_of(text, piece), whole) << piece;
}

}  // namespace
}  // namespace modelward::fingerprint
