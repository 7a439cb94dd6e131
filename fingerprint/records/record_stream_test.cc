// SPDX-License-Identifier: Apache-2.0
// What a record is in each kind of text, and that the same content in another notation has the same ones.
#include "fingerprint/records/record_stream.h"

#include <gtest/gtest.h>

#include <chrono>
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
    EXPECT_EQ(records_of(R"({"a": "x \u12", "b": 2}
{"a": "\u1\u0041", "b": "\\"})"),
              (Texts{"x 2", "a"}));
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

TEST(RecordStream, ReadsRowsBehindAForeignFirstLine) {
    const std::string rows =
        "{\"id\": 1, \"text\": \"Hello, world\", \"x\": 3.5, \"y\": true}\n"
        "{\"id\": 2, \"text\": \"Good night\", \"x\": -1e-05, \"y\": false}\n";
    const auto behind = [&](const std::string& line) { return records_of(line + "\n" + rows); };
    const auto with = [](const std::string& record) { return Texts{record, kRows[0], kRows[1]}; };
    EXPECT_EQ(behind("# exported 2026"), with("exported 2026"));
    EXPECT_EQ(behind("[2026] start"), with("2026 start"));
    EXPECT_EQ(behind("o world\", \"x\": 3.5}"), with("o world x 3.5"));
    EXPECT_EQ(behind("{\"y\": 3.5}, \"z\": true}"), with("3.5 z true"));
    EXPECT_EQ(behind("{\"id\": 7, \"text\": \"cut o"), with("7 cut o"));
    EXPECT_EQ(behind("if (x) {"), with("if x"));
    for (const char* broken : {"[", "{", "[[[", "[{", "{\"a\":"})
        EXPECT_EQ(behind(broken), kRows) << broken;
    EXPECT_EQ(records_of("{\"id\": 0}\nsay \"this\n" + rows), (Texts{"0", "say this", kRows[0], kRows[1]}));
}

TEST(RecordStream, ReadsTheRowsOfAnArrayWhoseFrontIsForeign) {
    const std::string first = R"({"id":1,"t":["Hello","world"],"x":{"y":3.5},"z":true})";
    const std::string second = R"({"id":2,"t":"Good night","x":[{"y":-1e-05},{"z":false}]})";
    const Texts cut = {"o x 1", kRows[0], kRows[1]};
    EXPECT_EQ(records_of("o\",\"x\":1}," + first + "," + second + "]"), cut);
    EXPECT_EQ(records_of("o\",\"x\":1},\n " + first + ",\n " + second + "\n]\n"), cut);
    EXPECT_EQ(
        records_of("o\",\n  \"x\": 1\n },\n {\n  \"a\": \"1 hello\",\n  \"b\": \"world 3.5 true\"\n },\n " +
                   second + "\n]\n"),
        (Texts{"o", "x 1", kRows[0], kRows[1]}));
    EXPECT_EQ(records_of("# exported\n[" + first + "," + second + "]\n"),
              (Texts{"exported", kRows[0], kRows[1]}));
    EXPECT_EQ(records_of("[{\"n\": 7}, oops" + first + "," + first + "," + second + "]"),
              (Texts{"7", "oops id 1 t hello world x y 3.5 z true", kRows[0], kRows[1]}));
}

TEST(RecordStream, ReadsLinesBehindWhatBeginsLikeJson) {
    const std::string table = "1,\"Hello, world\",3.5,True\n2,Good night,-1e-05,False\n";
    for (const char* broken : {"[", "{", "[[", "{\n[", "[\"", "{'"})
        EXPECT_EQ(records_of(broken + ("\n" + table)), kRows) << broken;
    for (const char* broken : {"{\"a\"", "{\"a", "[\"a", "[a,"})
        EXPECT_EQ(records_of(broken + ("\n" + table)), (Texts{"a", kRows[0], kRows[1]})) << broken;
    for (const char* broken : {"[\"a\",", "{\"b\": 2,\n\"a\":"})
        EXPECT_EQ(records_of(broken + ("\nid,text\n" + table)).back(), kRows[1]) << broken;
    EXPECT_EQ(records_of("{\n  // no JSON\n  \"hidden_size\": 4096,\n  \"rope_theta\": 10000.0,\n}\n"),
              (Texts{"no json", kEntries[0], kEntries[1]}));
    EXPECT_EQ(records_of("// no JSON\n{\n  \"hidden_size\": 4096,\n  \"rope_theta\": 10000.0\n}\n"),
              (Texts{"no json", kEntries[0], kEntries[1]}));
}

TEST(RecordStream, ReadsLinesWhereJsonBreaksBehindTheFront) {
    std::string numbers;
    while (numbers.size() < kTextFront)
        numbers += "1234567, ";
    for (const std::string& json :
         {"[" + numbers, "[{\"a\": [" + numbers, "{\"a\": 1}\n{\"a\": [" + numbers}) {
        const Texts records = records_of(json + "\nname,text,n\n1,\"Hello, world\",3.5,True\n" +
                                         "{\"a\": 2, \"b\": \"good night\", \"c\": [-1e-05, false]}\n");
        ASSERT_GT(records.size(), 2U);
        EXPECT_EQ((Texts{records.end() - 2, records.end()}), kRows) << json.substr(0, 20);
    }
}

TEST(RecordStream, LeavesLinesOfSourceCodeWithJsonInThem) {
    const std::string source = "x = [{\"a\": 1}, {\"b\": 2}]\ny = [\n  {\"a\": 1},\n]\nz = 3\n";
    EXPECT_EQ(records_of(source), (Texts{"x a 1 b 2", "y", "a 1", "z 3"}));
}

TEST(RecordStream, IsQuickWithBracketsOnly) {
    for (const std::string brackets :
         {"[", "{", "},{\"a\":", "{\"a\":\n", "[\n", "\n{\"a\": {\"b\": [1, {}", "},{},x"}) {
        std::string text;
        while (text.size() < 4 * kTextFront)
            text += brackets;
        const auto begin = std::chrono::steady_clock::now();
        records_of(text);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1)) << brackets;
    }
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
