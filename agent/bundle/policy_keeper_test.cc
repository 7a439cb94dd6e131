// SPDX-License-Identifier: Apache-2.0
#include "agent/bundle/policy_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "agent/testing/fake_sensor.h"
#include "agent/testing/test_bundles.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using testing::HasSubstr;

struct PolicyKeeperTest : ::testing::Test {
    TemporaryDirectory directory;
    TestBundles bundles;
    Database database = Database::open(directory.path() / "spool.db", true).value();
    PolicyArchive archive = std::move(*PolicyArchive::open(database));
    FakeSensor sensor;
    std::vector<std::string> said;
    std::optional<Registry> registry;

    PolicyKeeper make() {
        return {sensor, archive, directory.path() / "bundle",
                [this](const rules::CompiledPolicy&, const Registry& now, const std::shared_ptr<UniqueFd>&) {
                    registry = now;
                },
                [this](const std::string& sentence) { said.push_back(sentence); }};
    }
    PolicyKeeper started() {
        auto keeper = make();
        keeper.start(bundles.public_key());
        return keeper;
    }
    std::uint64_t applied_version() const {
        return sensor.applied.empty() ? 0 : sensor.applied.back().version;
    }
};

TEST_F(PolicyKeeperTest, ABundleGoesIntoForceAndSurvivesARestart) {
    {
        auto keeper = started();
        EXPECT_TRUE(keeper.take(bundles.signed_bundle(3)));
        EXPECT_EQ(keeper.version(), 3u);
        EXPECT_EQ(keeper.error(), "");
        EXPECT_EQ(applied_version(), 3u);
        EXPECT_EQ(registry->find(7)->info.name, "secret-model");
        EXPECT_THAT(said.back(), HasSubstr("Bundle 3 is in force: "));
    }
    sensor.applied.clear();
    registry.reset();
    const auto keeper = started();
    EXPECT_EQ(keeper.version(), 3u);
    EXPECT_EQ(applied_version(), 3u);
    EXPECT_TRUE(registry);
    EXPECT_THAT(said.back(), HasSubstr("in force again"));
}

TEST_F(PolicyKeeperTest, OneFlippedBitAnOlderVersionAndAWrongKeyAreRefusedAndTheOldStays) {
    auto keeper = started();
    ASSERT_TRUE(keeper.take(bundles.signed_bundle(3)));
    auto flipped = bundles.signed_bundle(4);
    (*flipped.mutable_payload())[flipped.payload().size() / 2] ^= 1;
    EXPECT_FALSE(keeper.take(flipped));
    EXPECT_THAT(keeper.error(), HasSubstr("signature"));
    EXPECT_FALSE(keeper.take(bundles.signed_bundle(2)));
    EXPECT_THAT(keeper.error(), HasSubstr("not newer"));
    EXPECT_FALSE(keeper.take(bundles.signed_bundle(3))) << "the same version again";
    EXPECT_FALSE(keeper.take(TestBundles().signed_bundle(5))) << "another key";
    EXPECT_EQ(keeper.version(), 3u);
    EXPECT_EQ(sensor.applied.size(), 1u);
    EXPECT_EQ(started().version(), 3u) << "on disk too";
    EXPECT_TRUE(keeper.take(bundles.signed_bundle(4)));
    EXPECT_EQ(keeper.error(), "");
}

TEST_F(PolicyKeeperTest, WhatDoesNotHoldOnThisHostIsWarnedOfInTheLog) {
    std::ostringstream log;
    const auto logger = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
    sensor.problems = {"A rule asks for a name."};
    auto keeper = started();
    EXPECT_TRUE(keeper.take(bundles.signed_bundle(3)));
    spdlog::set_default_logger(logger);
    EXPECT_THAT(log.str(), HasSubstr("[warning] A rule asks for a name."));
}

TEST_F(PolicyKeeperTest, ABadRuleOrArtifactRefusesTheWholeBundle) {
    auto keeper = started();
    ASSERT_TRUE(keeper.take(bundles.signed_bundle(1)));
    const auto refused = [&](const std::function<void(wire::Bundle&)>& change) {
        auto bundle = bundles.bundle(2);
        change(bundle);
        EXPECT_FALSE(keeper.take(bundles.sign(bundle)));
        EXPECT_EQ(keeper.version(), 1u);
        return keeper.error();
    };
    EXPECT_THAT(refused([](auto& b) {
                    auto& text = *b.mutable_rules(0)->mutable_text();
                    text.replace(text.find("artifact.class"), 14, "artifact.clas");
                }),
                HasSubstr("artifact.clas"));
    EXPECT_THAT(refused([](auto& b) { b.mutable_artifacts(0)->set_class_name("secret"); }),
                HasSubstr("unknown class"));
    EXPECT_THAT(refused([](auto& b) { b.mutable_artifacts(0)->set_kind("poem"); }),
                HasSubstr("unknown kind"));
    EXPECT_THAT(refused([](auto& b) { b.mutable_artifacts(0)->set_fingerprint("junk"); }),
                HasSubstr("secret-model"));
    EXPECT_THAT(refused([](auto& b) { *b.add_artifacts() = b.artifacts(0); }), HasSubstr("twice"));
    EXPECT_EQ(sensor.applied.size(), 1u);
}

TEST_F(PolicyKeeperTest, APolicyThatTheKernelRefusesIsNotStored) {
    auto keeper = started();
    ASSERT_TRUE(keeper.take(bundles.signed_bundle(1)));
    sensor.refuse_policies = true;
    EXPECT_FALSE(keeper.take(bundles.signed_bundle(2)));
    EXPECT_THAT(keeper.error(), HasSubstr("this kernel refuses"));
    sensor.refuse_policies = false;
    EXPECT_EQ(started().version(), 1u);
}

TEST_F(PolicyKeeperTest, AClassMayNotChangeItsNumber) {
    auto keeper = started();
    ASSERT_TRUE(keeper.take(bundles.signed_bundle(1)));
    const auto in_force = *archive.texts(1);
    auto policy = sensor.applied.back().policy;
    EXPECT_TRUE(check_class_numbers(in_force, policy));
    policy.classes.push_back({"new", 0});
    EXPECT_TRUE(check_class_numbers(in_force, policy)) << "a new one at the end";
    std::swap(policy.classes[0], policy.classes[1]);
    EXPECT_FALSE(check_class_numbers(in_force, policy));
}

TEST_F(PolicyKeeperTest, WithoutABundleOrEnrolmentNothingIsAppliedAndThatIsSaid) {
    started();
    EXPECT_THAT(said.back(), HasSubstr("nothing is enforced until a bundle arrives"));
    make().start(std::nullopt);
    EXPECT_THAT(said.back(), HasSubstr("not enrolled"));
    sensor.info_.adopted = true;
    started();
    EXPECT_THAT(said.back(), HasSubstr("what the kernel enforced before stays in force"));
    EXPECT_TRUE(sensor.applied.empty());
}

TEST_F(PolicyKeeperTest, AStoredBundleThatWasTamperedWithIsRefusedAtStart) {
    ASSERT_TRUE(started().take(bundles.signed_bundle(3)));
    directory.write("bundle", "junk");
    sensor.applied.clear();
    auto keeper = started();
    EXPECT_TRUE(sensor.applied.empty());
    EXPECT_THAT(keeper.error(), HasSubstr("stored bundle is refused"));
    EXPECT_FALSE(keeper.take(bundles.signed_bundle(2))) << "no way back to an older one";
    EXPECT_TRUE(keeper.take(bundles.signed_bundle(3))) << "the same one may come again";
}

TEST_F(PolicyKeeperTest, AFullDiskDoesNotKeepTheStoredBundleFromForce) {
    ASSERT_TRUE(started().take(bundles.signed_bundle(3)));
    sensor.applied.clear();
    ASSERT_TRUE(
        database.script("CREATE TRIGGER full BEFORE INSERT ON policies BEGIN "
                        "SELECT RAISE(ABORT, 'database or disk is full'); END"));
    auto keeper = started();
    EXPECT_EQ(keeper.version(), 3u);
    EXPECT_EQ(applied_version(), 3u);
    EXPECT_FALSE(keeper.take(bundles.signed_bundle(4))) << "but a new one has to be kept";
    EXPECT_THAT(keeper.error(), HasSubstr("disk is full"));
    EXPECT_EQ(applied_version(), 3u);
}

TEST_F(PolicyKeeperTest, AnotherConsoleBeginsWithItsOwnVersions) {
    ASSERT_TRUE(started().take(bundles.signed_bundle(50)));
    const TestBundles rebuilt;
    auto keeper = make();
    keeper.start(rebuilt.public_key());
    EXPECT_EQ(keeper.version(), 0u);
    EXPECT_TRUE(keeper.take(rebuilt.signed_bundle(1))) << keeper.error();
    EXPECT_EQ(applied_version(), 1u);
    auto again = make();
    again.start(rebuilt.public_key());
    EXPECT_EQ(again.version(), 1u);
    EXPECT_FALSE(again.take(rebuilt.signed_bundle(1)));
}

TEST_F(PolicyKeeperTest, TheSameComplaintIsMadeOnce) {
    auto keeper = started();
    ASSERT_TRUE(keeper.take(bundles.signed_bundle(3)));
    const auto before = said.size();
    for (int again = 0; again < 3; ++again)
        EXPECT_FALSE(keeper.take(bundles.signed_bundle(2)));
    EXPECT_EQ(said.size(), before + 1);
}

}  // namespace
}  // namespace modelward::agent
