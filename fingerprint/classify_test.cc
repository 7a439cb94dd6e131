// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/classify.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/hdf5_chunks.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/packed_matrices.h"
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

constexpr std::uint32_t kModel = 11;
constexpr std::uint32_t kOtherModel = 12;

class Classify : public ::testing::Test {
  protected:
    Classify() {
        index_ = testing::index_of(
            {{kModel, make_fingerprint(MemorySource(model_)).value()},
             {kOtherModel, make_fingerprint(MemorySource(testing::small_safetensors(2))).value()}});
    }
    Result<Classification> classify(const Bytes& file, Depth depth = Depth::kFull) const {
        return fingerprint::classify(MemorySource(file), index_, depth);
    }
    // The methods by which the file matches the model; nothing else may match.
    std::vector<Method> methods(const Bytes& file, Depth depth = Depth::kFull) const {
        std::vector<Method> found;
        const Classification result = classify(file, depth).value();
        for (const Match& match : result.matches) {
            EXPECT_EQ(match.artifact, kModel);
            found.push_back(match.method);
        }
        return found;
    }

    const Bytes model_ = testing::small_safetensors(1);
    Index index_;
};

using Methods = std::vector<Method>;

TEST_F(Classify, FindsTheRegisteredFileByEveryMethodStrongestFirst) {
    EXPECT_EQ(methods(model_), (Methods{Method::kExact, Method::kChunks, Method::kTensors}));
    const auto result = classify(model_);
    EXPECT_EQ(result->format, "safetensors");
    for (const Match& match : result->matches)
        EXPECT_NEAR(match.share, 1.0, 1e-9);
}

Bytes small_hdf5_in_chunks(std::uint64_t seed) {
    testing::Hdf5Writer file(0);
    testing::Hdf5Children children;
    for (const auto& tensor : testing::small_model(seed, "F32", testing::encode_f32))
        if (tensor.shape.size() == 2)
            children.emplace_back(
                tensor.name,
                testing::add_chunked(file, tensor.shape, {32, 100},
                                     {testing::kHdf5Shuffle, testing::kHdf5Deflate}, tensor.data));
    return file.finish(file.group(children));
}

TEST_F(Classify, FindsHdf5InChunksAndByIt) {
    const Bytes chunked = small_hdf5_in_chunks(1);
    EXPECT_EQ(methods(chunked, Depth::kSampled), Methods{Method::kTensors});
    EXPECT_EQ(methods(chunked), Methods{Method::kTensors});
    EXPECT_TRUE(methods(small_hdf5_in_chunks(3)).empty());
    index_ = testing::index_of({{kModel, make_fingerprint(MemorySource(chunked)).value()}});
    EXPECT_EQ(methods(model_), Methods{Method::kTensors});
    EXPECT_TRUE(methods(testing::small_safetensors(2)).empty());
}

TEST_F(Classify, FindsConversionsByTheirTensors) {
    for (const Bytes& file :
         {testing::small_gguf_f16(1), testing::small_gguf_q8_0(1), testing::small_gguf_q4_k(1)}) {
        EXPECT_EQ(methods(file, Depth::kSampled), Methods{Method::kTensors});
        EXPECT_EQ(methods(file).back(), Method::kTensors);
        EXPECT_EQ(classify(file)->format, "gguf");
    }
}

TEST_F(Classify, DoesNotAccuseAnotherModelOfTheSameArchitecture) {
    EXPECT_TRUE(methods(testing::small_safetensors(3)).empty());
    EXPECT_TRUE(methods(testing::small_gguf_q8_0(3)).empty());
}

TEST_F(Classify, ReadsLittleWhenSampled) {
    const auto sampled = classify(testing::small_gguf_q8_0(1), Depth::kSampled);
    EXPECT_LT(sampled->bytes_read, 200'000U);
    const auto full = classify(model_);
    EXPECT_GE(full->bytes_read, model_.size());
}

TEST_F(Classify, FindsRenamedWrappedAndCutBytes) {
    Bytes behind_junk = testing::noise_bytes(1, 1000);
    behind_junk.insert(behind_junk.end(), model_.begin(), model_.end());
    EXPECT_EQ(methods(behind_junk), (Methods{Method::kChunks, Method::kTensors}));
    const auto middle = model_.begin() + 100'000;
    EXPECT_EQ(methods(Bytes(middle, middle + 100'000)), Methods{Method::kChunks});
    EXPECT_TRUE(methods(Bytes(middle, middle + 100'000), Depth::kSampled).empty());
}

TEST_F(Classify, FindsTheSoundTensorsOfATruncatedConversion) {
    Bytes cut = testing::small_gguf_f16(1);
    cut.resize(cut.size() * 7 / 10);
    EXPECT_EQ(methods(cut), Methods{Method::kTensors});
}

TEST_F(Classify, ReportsABrokenFileOnlyWhenNothingMatches) {
    Bytes cut = testing::small_gguf_f16(3);
    cut.resize(cut.size() / 2);
    const auto result = classify(cut);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalid);

    Bytes broken_header = model_;
    broken_header[9] = ' ';  // the quote of the first key
    EXPECT_EQ(methods(broken_header), Methods{Method::kChunks});
    EXPECT_FALSE(classify(broken_header, Depth::kSampled).has_value());
}

TEST_F(Classify, DoesNotMatchSparseOrEmptyFiles) {
    EXPECT_TRUE(methods(Bytes(4 << 20)).empty());
    EXPECT_TRUE(methods({}).empty());
    EXPECT_EQ(classify({})->format, "unknown");
}

TEST_F(Classify, DoesNotTakeSharedMetadataForEvidence) {
    // The same header and constant buffers, other weights: at registration such chunks are left out.
    auto tensors = testing::small_model(3, "F32", testing::encode_f32);
    const Bytes padding = testing::noise_bytes(9, 40'000);
    const std::string vocabulary(padding.size(), 'v');
    const auto with_header = [&](const std::vector<testing::StoredTensor>& model) {
        testing::GgufWriter writer;
        writer.u64(model.size()).u64(1).text("tokens").u32(9).u32(0).u64(padding.size()).data(padding);
        std::uint64_t offset = 0;
        for (const auto& tensor : model) {
            writer.info(tensor.name, tensor.shape, 0, offset);
            offset += tensor.data.size();
        }
        writer.align();
        for (const auto& tensor : model)
            writer.data(tensor.data);
        return writer.bytes();
    };
    const Bytes registered = with_header({tensors[0], tensors[1]});
    const Index index = testing::index_of({{1, make_fingerprint(MemorySource(registered)).value()}});
    const Bytes vocabulary_only = with_header({});
    const auto result = fingerprint::classify(MemorySource(vocabulary_only), index, Depth::kFull);
    ASSERT_TRUE(result.has_value()) << result.error().message();
    EXPECT_TRUE(result->matches.empty());
}

// Each matrix of the model, rearranged by `change`.
template <typename Change>
Bytes rearranged(Change change, std::uint64_t seed = 1) {
    std::vector<testing::Matrix> matrices;
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer)
        matrices.push_back(change(testing::small_matrix(seed, layer)));
    return testing::safetensors_of(matrices);
}

testing::Matrix with_rows_reversed(const testing::Matrix& matrix) {
    testing::Matrix reversed{{}, 0, matrix.columns};
    for (std::uint64_t row = matrix.rows; row > 0; --row)
        reversed = testing::stacked(reversed, testing::rows_of(matrix, row - 1, 1));
    return reversed;
}

testing::Matrix with_columns_reversed(const testing::Matrix& matrix) {
    return testing::transposed(with_rows_reversed(testing::transposed(matrix)));
}

TEST_F(Classify, FindsMatricesThatWereRearranged) {
    using testing::Matrix;
    const Methods rows{Method::kRows};
    EXPECT_EQ(methods(rearranged(testing::transposed), Depth::kSampled), rows);
    EXPECT_EQ(methods(rearranged(with_rows_reversed), Depth::kSampled), rows);
    EXPECT_EQ(methods(rearranged(with_columns_reversed), Depth::kSampled), rows);
    const auto first_rows = [](const Matrix& matrix) { return testing::rows_of(matrix, 0, 32); };
    EXPECT_EQ(methods(rearranged(first_rows), Depth::kSampled), rows);
    const auto last_columns = [](const Matrix& matrix) {
        return testing::transposed(testing::rows_of(testing::transposed(matrix), 128, 128));
    };
    EXPECT_EQ(methods(rearranged(last_columns), Depth::kSampled), rows);
    const auto extended = [added = std::uint64_t{0}](const Matrix& matrix) mutable {
        return testing::stacked(matrix, testing::rows_of(testing::small_matrix(77, added++), 0, 32));
    };
    EXPECT_EQ(methods(rearranged(extended), Depth::kSampled), rows);
}

TEST_F(Classify, FindsMatricesThatGptqAndAwqPacked) {
    for (const auto packing : {testing::Packing::kGptq, testing::Packing::kAwq}) {
        const Bytes file = testing::safetensors_file(testing::small_packed_model(1, packing));
        EXPECT_EQ(methods(file, Depth::kSampled), Methods{Method::kRows});
        const auto result = classify(file, Depth::kSampled);
        ASSERT_EQ(result->matches.size(), 1U);
        EXPECT_NEAR(result->matches[0].share, 1, 0.01);
        EXPECT_LT(result->matches[0].distance, kConversionDistance);
        EXPECT_TRUE(methods(testing::safetensors_file(testing::small_packed_model(3, packing))).empty());
    }
}

TEST_F(Classify, FindsMatricesThatWereFusedIntoOne) {
    testing::Matrix all = testing::small_matrix(1, 0);
    for (std::uint64_t layer = 1; layer < testing::kSmallMatrices; ++layer)
        all = testing::stacked(all, testing::small_matrix(1, layer));
    EXPECT_EQ(methods(testing::safetensors_of({all}), Depth::kSampled), Methods{Method::kRows});
}

TEST_F(Classify, SaysThatRearrangedValuesAreUnchanged) {
    const auto result = classify(rearranged(testing::transposed), Depth::kSampled);
    ASSERT_EQ(result->matches.size(), 1U);
    EXPECT_EQ(result->matches[0].distance, 0);
    EXPECT_NEAR(result->matches[0].share, 1, 1e-9);
}

TEST_F(Classify, DoesNotAccuseAnotherModelByItsRows) {
    for (std::uint64_t seed = 3; seed < 9; ++seed) {
        EXPECT_TRUE(methods(rearranged(testing::transposed, seed)).empty());
        EXPECT_TRUE(methods(rearranged(with_rows_reversed, seed)).empty());
    }
}

// A matrix that runs along a vocabulary is no evidence by its rows, so it does not count against the others
// either.
TEST_F(Classify, DoesNotWeighAVocabularyAgainstTheRows) {
    std::vector<testing::Matrix> matrices;
    for (std::uint64_t layer = 0; layer < 3;
         ++layer)  // a quarter of the model, so that only the file's share counts
        matrices.push_back(testing::rows_of(testing::small_matrix(1, layer), 0, 32));
    matrices.push_back({testing::weights(5, std::size_t{32} * 8192), 32, 8192});
    EXPECT_EQ(methods(testing::safetensors_of(matrices), Depth::kSampled), Methods{Method::kRows});
}

TEST_F(Classify, AsksForRowsOnlyWhereNothingElseMatches) {
    EXPECT_EQ(methods(testing::small_gguf_q8_0(1), Depth::kSampled), Methods{Method::kTensors});
}

TEST_F(Classify, AnEmptyIndexMatchesNothing) {
    const auto result = fingerprint::classify(MemorySource(model_), Index{}, Depth::kFull);
    EXPECT_TRUE(result->matches.empty());
    EXPECT_EQ(Index{}.size(), 0U);
    EXPECT_EQ(index_.size(), 2U);
}

TEST(MakeFingerprint, RefusesBrokenAndEmptyFiles) {
    Bytes cut = testing::small_safetensors(1);
    cut.resize(cut.size() - 1);
    EXPECT_EQ(make_fingerprint(MemorySource(cut)).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(make_fingerprint(MemorySource({})).error().code(), ErrorCode::kInvalid);
}

TEST(MakeFingerprint, TakesFilesOfUnknownFormat) {
    const Bytes data = testing::noise_bytes(1, 100'000);
    const auto made = make_fingerprint(MemorySource(data));
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->format, "unknown");
    EXPECT_TRUE(made->tensors.empty());
    EXPECT_FALSE(made->chunks.empty());
}

TEST(MakeFingerprint, MarksWhatIsEvidence) {
    const Bytes model = testing::small_safetensors(1);
    const auto made = make_fingerprint(MemorySource(model)).value();
    ASSERT_EQ(made.tensors.size(), 8U);
    EXPECT_EQ(std::ranges::count_if(made.tensors, &TensorSketch::eligible), 6);
    EXPECT_FALSE(std::ranges::find(made.tensors, "bias", &TensorSketch::name)->eligible);
    EXPECT_FALSE(std::ranges::find(made.tensors, "ones", &TensorSketch::name)->eligible);
}

TEST(ClassifyPublic, AccusesNobody) {
    const Bytes model = testing::small_safetensors(1);
    const Fingerprint fingerprint = make_fingerprint(MemorySource(model)).value();
    const Index index = testing::index_of({}, {{5, fingerprint}});
    for (const Bytes& file : {model, testing::small_gguf_q8_0(1)}) {
        const auto found = fingerprint::classify(MemorySource(file), index, Depth::kFull).value();
        EXPECT_TRUE(found.matches.empty());
        ASSERT_FALSE(found.public_matches.empty());
        EXPECT_EQ(found.public_matches[0].artifact, 5U);
    }
}

// What nobody may say: that a file is public because a public model lies in a corner of it.
TEST(ClassifyPublic, InACornerOfTheFileSaysNothing) {
    const Fingerprint of_public = make_fingerprint(MemorySource(testing::small_safetensors(2))).value();
    const Index index = testing::index_of({}, {{5, of_public}});
    std::vector<testing::Matrix> matrices;
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer)
        matrices.push_back(testing::small_matrix(2, layer));
    for (std::uint64_t seed = 11; seed < 14; ++seed)
        for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer)
            matrices.push_back(testing::small_matrix(seed, layer));
    const auto found =
        fingerprint::classify(MemorySource(testing::safetensors_of(matrices)), index, Depth::kFull).value();
    EXPECT_TRUE(found.public_matches.empty());
}

TEST(ClassifyPublic, AlsoByItsRows) {
    const Fingerprint fingerprint = make_fingerprint(MemorySource(testing::small_safetensors(1))).value();
    const Index index = testing::index_of({{4, fingerprint}}, {{5, fingerprint}});
    const Bytes turned =
        rearranged([](const testing::Matrix& matrix) { return testing::transposed(matrix); });
    const auto found = fingerprint::classify(MemorySource(turned), index, Depth::kFull).value();
    EXPECT_TRUE(found.matches.empty());
    ASSERT_EQ(found.public_matches.size(), 1U);
    EXPECT_EQ(found.public_matches[0].method, Method::kRows);
}

// Places: 0 ours, a fine-tune of a public model, which is at 1.
class ClassifyFineTune : public ::testing::Test {
  protected:
    using Matrices = std::vector<testing::Matrix>;
    static Matrices model(std::uint64_t seed) {
        Matrices matrices;
        for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer)
            matrices.push_back(testing::small_matrix(seed, layer));
        return matrices;
    }
    static Matrices moved(Matrices matrices, std::uint64_t seed, float by) {
        for (std::uint64_t layer = 0; layer < matrices.size(); ++layer) {
            const testing::Matrix noise = testing::small_matrix(seed, layer);
            for (std::size_t i = 0; i < noise.values.size(); ++i)
                matrices[layer].values[i] += by * noise.values[i];
        }
        return matrices;
    }
    static Matrices together(std::initializer_list<Matrices> models) {
        Matrices all;
        for (const Matrices& matrices : models)
            all.insert(all.end(), matrices.begin(), matrices.end());
        return all;
    }
    static Matrices turned(Matrices matrices) {
        for (testing::Matrix& matrix : matrices)
            matrix = testing::transposed(matrix);
        return matrices;
    }
    static Matrices with_optimizer(const Matrices& weights) {
        return together({weights, model(21), model(22)});
    }
    Methods methods(const Matrices& matrices, Depth depth = Depth::kFull) const {
        Methods found;
        const Bytes file = testing::safetensors_of(matrices);
        const Classification result = fingerprint::classify(MemorySource(file), index_, depth).value();
        for (const Match& match : result.matches) {
            EXPECT_EQ(match.artifact, 4U);
            found.push_back(match.method);
        }
        return found;
    }

    const Matrices base_ = model(1);
    const Matrices ours_ = moved(base_, 31, 0.1F);
    const Index index_ =
        testing::index_of({{4, make_fingerprint(MemorySource(testing::safetensors_of(ours_))).value()}},
                          {{5, make_fingerprint(MemorySource(testing::safetensors_of(base_))).value()}});
};

TEST_F(ClassifyFineTune, ACheckpointOfThePublicModelIsNotOurs) {
    EXPECT_EQ(methods(with_optimizer(base_)), Methods{});
    EXPECT_EQ(methods(with_optimizer(turned(base_))), Methods{});
    EXPECT_EQ(methods(with_optimizer(turned(moved(base_, 41, 0.1F)))), Methods{}) << "nor is another's";
    EXPECT_EQ(methods(with_optimizer(base_), Depth::kSampled), Methods{});
}

TEST_F(ClassifyFineTune, ACheckpointOfOursIsOurs) {
    EXPECT_EQ(methods(with_optimizer(ours_), Depth::kSampled), Methods{Method::kTensors});
    EXPECT_EQ(methods(with_optimizer(turned(ours_)), Depth::kSampled), Methods{Method::kRows});
    EXPECT_EQ(methods(with_optimizer(turned(moved(ours_, 41, 0.02F))), Depth::kSampled),
              Methods{Method::kRows});
}

TEST_F(ClassifyFineTune, ThePublicModelBesideOursDoesNotHideIt) {
    EXPECT_EQ(methods(together({base_, ours_}), Depth::kSampled), Methods{Method::kTensors});
    EXPECT_EQ(methods(turned(together({base_, ours_})), Depth::kSampled), Methods{Method::kRows});
    EXPECT_EQ(methods(turned(together({ours_, base_, base_})), Depth::kSampled), Methods{Method::kRows});
}

// Of ours as it is kept and of the file as it is asked, other rows may be sampled.
TEST_F(ClassifyFineTune, ThatWasExtendedDoesNotMakeThePublicModelASecret) {
    Matrices extended = ours_;
    for (std::uint64_t layer = 0; layer < extended.size(); ++layer)
        extended[layer] = testing::stacked(extended[layer], testing::small_matrix(51, layer));
    const Index index =
        testing::index_of({{4, make_fingerprint(MemorySource(testing::safetensors_of(extended))).value()}},
                          {{5, make_fingerprint(MemorySource(testing::safetensors_of(base_))).value()}});
    const Bytes file = testing::safetensors_of(with_optimizer(turned(base_)));
    EXPECT_TRUE(fingerprint::classify(MemorySource(file), index, Depth::kFull)->matches.empty());
}

}  // namespace
}  // namespace modelward::fingerprint
