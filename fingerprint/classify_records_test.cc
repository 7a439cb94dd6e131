// SPDX-License-Identifier: Apache-2.0
// Registered datasets, configurations, tokenizers, logs and notebooks, after what people do to them.
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/classify.h"
#include "fingerprint/landmarks/landmark_stream.h"
#include "fingerprint/records/record_stream.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;

struct Row {
    std::uint64_t id;
    std::string text;
};

std::vector<Row> rows_of(std::uint64_t seed, std::uint64_t count) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string text;
        for (std::uint64_t word = 0; word < 8; ++word)
            text += (word == 0 ? "w" : " w") + std::to_string(splitmix64(seed + i, word) % 50'000);
        rows.push_back({seed + i, text});
    }
    return rows;
}

std::string jsonl(const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows)
        text += "{\"id\": " + std::to_string(row.id) + ", \"text\": \"" + row.text + "\"}\n";
    return text;
}

std::string csv(const std::vector<Row>& rows) {
    std::string text = "id,text\n";
    for (const Row& row : rows)
        text += std::to_string(row.id) + ",\"" + row.text + "\"\n";
    return text;
}

Fingerprint fingerprint_of(const std::string& text) {
    return make_fingerprint(MemorySource(bytes_of(text))).value();
}

std::vector<Match> matches(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    return classify(MemorySource(file), index, depth).value().matches;
}

bool by_records(const Index& index, const Bytes& file) {
    return std::ranges::any_of(matches(index, file),
                               [](const Match& match) { return match.method == Method::kRecords; });
}

class ClassifyRecords : public ::testing::Test {
  protected:
    std::vector<Row> rows_ = rows_of(1'000, 2'000);
    Index index_ = testing::index_of({{1, fingerprint_of(jsonl(rows_))}});
};

TEST_F(ClassifyRecords, FindsADataSetThatWasShuffledAndConverted) {
    std::ranges::sort(rows_, {}, &Row::text);
    const auto found = matches(index_, bytes_of(csv(rows_)));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].method, Method::kRecords);
    EXPECT_DOUBLE_EQ(found[0].share, 1);
}

TEST_F(ClassifyRecords, SaysHowMuchOfADataSetThereIs) {
    std::vector<Row> part(rows_.begin() + 100, rows_.begin() + 900);
    const std::vector<Row> others = rows_of(1'000'000, 1'600);
    part.insert(part.end(), others.begin(), others.end());
    std::ranges::sort(part, {}, &Row::text);
    const auto found = matches(index_, bytes_of(csv(part)));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].share, 0.4, 0.001);
    EXPECT_NEAR(found[0].score, 1 / 3.0, 0.001);
}

TEST_F(ClassifyRecords, FindsAFewRowsWithinWrapping) {
    const Bytes some = bytes_of(csv({rows_.begin() + 500, rows_.begin() + 550}));
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z, Wrapping::kGzip,
                                    Wrapping::kZstd, Wrapping::kBase64, Wrapping::kUuencode})
        EXPECT_TRUE(by_records(index_, testing::wrapped(wrapping, some))) << to_string(wrapping);
}

TEST_F(ClassifyRecords, FindsWhatWasRegisteredWrapped) {
    const Bytes packed = testing::wrapped(Wrapping::kGzip, bytes_of(csv(rows_)));
    const Index index = testing::index_of({{1, make_fingerprint(MemorySource(packed)).value()}});
    EXPECT_TRUE(by_records(index, bytes_of(jsonl({rows_.begin() + 500, rows_.begin() + 600}))));
}

TEST_F(ClassifyRecords, FindsRowsBetweenOtherBytes) {
    Bytes file(3 * kTextWindow, 1);
    const Bytes some = bytes_of(csv(rows_));
    file.insert(file.end(), some.begin(), some.end());
    file.resize(file.size() + kTextWindow);
    EXPECT_TRUE(by_records(index_, file));
}

TEST_F(ClassifyRecords, AccusesNoOtherDataSet) {
    EXPECT_TRUE(matches(index_, bytes_of(csv(rows_of(1'000'000, 2'000)))).empty());
    EXPECT_TRUE(matches(index_, bytes_of(csv({rows_.begin(), rows_.begin() + 20}))).empty());
}

TEST_F(ClassifyRecords, LooksAtTextInAFullLookOnly) {
    EXPECT_TRUE(matches(index_, bytes_of(jsonl(rows_)), Depth::kSampled).empty());
}

std::string tokenizer(int first, int end) {
    std::string text = "{\n  \"model\": {\n    \"vocab\": {\n";
    for (int token = first; token < end; ++token)
        text += "      \"tok" + std::to_string(token) + "\": " + std::to_string(token) + ",\n";
    return text + "      \"<end>\": 0\n    }\n  }\n}\n";
}

TEST(ClassifyDocuments, FindsATokenizerInAnotherNotation) {
    const Index index = testing::index_of({{1, fingerprint_of(tokenizer(0, 5000))}});
    std::string compact = tokenizer(0, 4900);
    std::erase_if(compact, [](char byte) { return byte == '\n' || byte == ' '; });
    EXPECT_TRUE(by_records(index, bytes_of(compact)));
    EXPECT_FALSE(by_records(index, bytes_of(tokenizer(0, 4000)))) << "a smaller one of the same family";
}

TEST(ClassifyDocuments, FindsAConfigurationAsYaml) {
    std::string json = "{", yaml, changed;
    for (int entry = 0; entry < 30; ++entry) {
        const std::string key = "setting_" + std::to_string(entry), value = std::to_string(entry * 37);
        json += (entry == 0 ? "\"" : ", \"") + key + "\": " + value;
        yaml += "  " + key + ": " + value + "\n";
        changed += key + ": " + std::to_string(entry * 37 + 1) + "\n";
    }
    json += "}";
    const Index index = testing::index_of({{1, fingerprint_of(json)}});
    EXPECT_TRUE(by_records(index, bytes_of(yaml)));
    EXPECT_FALSE(by_records(index, bytes_of(changed)));
}

TEST(ClassifyDocuments, FindsALogThatGrew) {
    const auto log = [](int steps) {
        std::string text;
        for (int step = 0; step < steps; ++step)
            text += "[2026-11-30 10:00:00] epoch 1 step " + std::to_string(step) + " loss " +
                    std::to_string(splitmix64(7, static_cast<std::uint64_t>(step)) % 1'000'000) + "\n";
        return text;
    };
    const Index index = testing::index_of({{1, fingerprint_of(log(500))}});
    EXPECT_TRUE(by_records(index, bytes_of(log(900))));
}

// Its text is of the architecture, or a licence.
TEST(ClassifyDocuments, TextBesideWeightsIsNoEvidenceOfTheWeights) {
    const Bytes licence = bytes_of(csv(rows_of(1, 200)));
    const Bytes archive = testing::archive_of(
        Wrapping::kTar, {{"model.safetensors", testing::small_safetensors(1)}, {"LICENSE", licence}});
    const Index index = testing::index_of({{1, make_fingerprint(MemorySource(archive)).value()}});
    EXPECT_FALSE(by_records(index, licence));
    EXPECT_FALSE(matches(index, testing::small_safetensors(1)).empty());
}

// A few rows of something beside a model are no reason not to look at the model.
TEST(ClassifyDocuments, RowsBesideAModelDoNotHideIt) {
    const auto rows = rows_of(1, 200);
    const Index index =
        testing::index_of({{1, fingerprint_of(csv(rows))},
                           {2, make_fingerprint(MemorySource(testing::small_safetensors(1))).value()}});
    Bytes file = bytes_of(csv(rows));
    file.resize((file.size() / kNumberBlock + 1) * kNumberBlock);
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer) {
        const Bytes bytes = testing::encode_bf16(testing::small_matrix(1, layer).values);
        file.insert(file.end(), bytes.begin(), bytes.end());
    }
    const auto found = matches(index, file);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].method, Method::kRecords);
    EXPECT_EQ(found[1].method, Method::kLandmarks);
    EXPECT_EQ(found[1].artifact, 2U);
}

TEST(ClassifyDocuments, FindsTheScriptOfANotebook) {
    std::string notebook = "{\"cells\": [{\"cell_type\": \"code\", \"source\": [", script;
    for (int line = 0; line < 60; ++line) {
        const std::string code = "layer_" + std::to_string(line) +
                                 " = block(width=" + std::to_string(line * 64) +
                                 ", heads=" + std::to_string(line) + ")";
        notebook += (line == 0 ? "\"" : ", \"") + code + "\\n\"";
        script += "    " + code + "\n";
    }
    notebook += "]}], \"nbformat\": 4}";
    const Index index = testing::index_of({{1, fingerprint_of(notebook)}});
    EXPECT_TRUE(by_records(index, bytes_of(script)));
}

}  // namespace
}  // namespace modelward::fingerprint
