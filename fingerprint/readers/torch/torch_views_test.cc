// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_views.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/pickle/pickle_machine.h"
#include "fingerprint/testing/torch_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::PickleWriter;
using testing::push_storage;
using testing::push_tensor;
using Counts = std::vector<std::uint64_t>;

TorchTensors find(const PickleWriter& writer) {
    const Bytes bytes = writer.finish();
    const MemorySource source(bytes);
    HeaderCursor cursor(source);
    TorchTensors found = find_torch_tensors(read_pickle(cursor));
    EXPECT_TRUE(cursor.ok()) << cursor.error().message();
    return found;
}

// The one view in a dictionary under "w".
TorchView view_in(const std::function<void(PickleWriter&)>& push) {
    PickleWriter writer;
    writer.op("}").text("w");
    push(writer);
    const TorchTensors found = find(writer.op("s"));
    EXPECT_EQ(found.views.size(), 1U);
    return found.views.empty() ? TorchView{} : found.views[0];
}

TEST(TorchViews, KnowsTensorsOfAStateDict) {
    const TorchView view = view_in(
        [](PickleWriter& writer) { push_tensor(writer, {"HalfStorage", "7", 12}, {2, {2, 5}, {5, 1}}); });
    EXPECT_EQ(view.name, "w");
    EXPECT_EQ(view.storage.key, "7");
    EXPECT_EQ(view.storage.elements, 12U);
    EXPECT_EQ(view.dtype, DType::kF16);
    EXPECT_EQ(view.offset, 2U);
    EXPECT_EQ(view.sizes, (Counts{2, 5}));
    EXPECT_EQ(view.strides, (Counts{5, 1}));
}

TEST(TorchViews, KnowsParametersAndSubclasses) {
    const auto view = [](std::string_view before, std::string_view after) {
        return view_in([&](PickleWriter& writer) {
            writer.op(before);
            push_tensor(writer, {"FloatStorage", "0", 4}, {0, {2, 2}, {2, 1}});
            writer.op(after);
        });
    };
    EXPECT_EQ(view("ctorch._utils\n_rebuild_parameter\n", "\x88)\x87R").name, "w");
    EXPECT_EQ(view("cevil\nrebuild\n", "\x85R").name, "w");
    // _rebuild_from_type_v2(function, type, arguments, state)
    const TorchView subclass = view_in([](PickleWriter& writer) {
        writer.op(
            "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncmy\nTensor\n(");
        push_storage(writer, {"FloatStorage", "0", 4});
        writer.integer(0).tuple({4}).tuple({1}).op("\x89}t}tR");
    });
    EXPECT_EQ(subclass.sizes, Counts{4});
}

TEST(TorchViews, TakeTheTypeFromTheTensorWhenTheStorageHasNone) {
    const TorchView view = view_in([](PickleWriter& writer) {
        writer.op("ctorch._utils\n_rebuild_tensor_v3\n(");
        push_storage(writer, {"storage.UntypedStorage", "0", 4});
        writer.integer(0).tuple({4}).tuple({1}).op("\x89)").global("torch", "float8_e4m3fn").op("tR");
    });
    EXPECT_EQ(view.dtype, DType::kF8E4M3);
    EXPECT_FALSE(view.storage.dtype.has_value());
}

TEST(TorchViews, ListEachStorageOnce) {
    PickleWriter writer;
    writer.op("](");
    push_tensor(writer, {"FloatStorage", "a", 4}, {0, {4}, {1}});
    push_tensor(writer, {"FloatStorage", "a", 4}, {0, {2, 2}, {2, 1}});
    push_storage(writer, {"LongStorage", "b", 1});
    const TorchTensors found = find(writer.op("e"));
    EXPECT_EQ(found.views.size(), 2U);
    ASSERT_EQ(found.storages.size(), 2U);
    EXPECT_EQ(found.storages[1].key, "b");
}

TEST(TorchViews, AreNotMadeOfAnythingElse) {
    const auto none = [](const std::function<void(PickleWriter&)>& push) {
        PickleWriter writer;
        writer.op("(");
        push(writer);
        return find(writer.op("t")).views.empty();
    };
    const auto with = [](const Counts& sizes, const Counts& strides, std::int64_t offset) {
        return [=](PickleWriter& writer) {
            push_storage(writer, {"FloatStorage", "0", 4});
            writer.integer(offset).tuple(sizes).tuple(strides);
        };
    };
    EXPECT_FALSE(none(with({4}, {1}, 0)));
    EXPECT_TRUE(none(with({4}, {1}, -1)));
    EXPECT_TRUE(none(with({4}, {1, 1}, 0)));
    EXPECT_TRUE(none(with({~std::uint64_t{0}}, {1}, 0)));
    EXPECT_TRUE(none(with(Counts(9, 1), Counts(9, 1), 0)));
    EXPECT_TRUE(none([](PickleWriter& writer) { writer.integer(1).integer(0).tuple({1}).tuple({1}); }));
    EXPECT_TRUE(
        none([](PickleWriter& writer) { push_storage(writer, {"FloatStorage", std::string(200, 'k'), 4}); }));
}

TEST(TorchViews, LeaveOutTheFrontOfAnOldStorageView) {
    const TorchView view = view_in([](PickleWriter& writer) {
        writer.op("ctorch._utils\n_rebuild_tensor\n((")
            .text("storage")
            .global("torch", "FloatStorage")
            .text("5");
        writer.text("cpu").integer(10).op("(").text("5v").integer(6).integer(4).op("ttQ");
        writer.integer(0).tuple({4}).tuple({1}).op("tR");
    });
    EXPECT_EQ(view.storage.first, 6U);
}

}  // namespace
}  // namespace modelward::fingerprint
