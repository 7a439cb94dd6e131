// SPDX-License-Identifier: Apache-2.0
// Rules and artifacts on their way into a signed bundle, through the REST API.
#include "console/server/bundle_publisher.h"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "base/testing/temporary_directory.h"
#include "console/server/testing/running_console.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/testing/small_models.h"
#include "wire/base64.h"
#include "wire/bundle.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

using nlohmann::json;

class PublishingTest : public testing::Test {
  protected:
    RunningConsole console_;
    Person person_{console_};
    Host host_{console_};

    void SetUp() override { ASSERT_EQ(person_.sign_in(), 200); }

    static std::string fingerprint_of(std::uint64_t seed) {
        const auto file = fingerprint::testing::small_safetensors(seed);
        return wire::to_base64(serialize(make_fingerprint(fingerprint::MemorySource(file)).value()));
    }
    wire::HttpsResponse add(const std::string& name, std::uint64_t seed,
                            const std::string& class_name = "restricted",
                            const std::string& kind = "weights") {
        const json body = {{"name", name},
                           {"kind", kind},
                           {"class", class_name},
                           {"fingerprint_base64", fingerprint_of(seed)}};
        return person_.call("POST", "/api/v1/artifacts", body.dump());
    }
    std::optional<wire::Bundle> bundle() {
        const auto response = host_.call("GET", "/agent/v1/bundle");
        wire::SignedBundle signed_bundle;
        if (!wire::decode(response.body, wire::kMaxBundleBytes, signed_bundle)) return std::nullopt;
        const std::string& key = host_.enrolled.bundle_public_key();
        const auto public_key =
            wire::bundle_public_key_from({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
        auto verified = wire::verify_bundle(signed_bundle, *public_key, 0);
        return verified ? std::optional(std::move(*verified)) : std::nullopt;
    }
    // The documents alone; GET also says which bundle carries them.
    json rules() {
        json body = json::parse(person_.call("GET", "/api/v1/rules").body);
        EXPECT_EQ(body["bundle_version"], bundle()->version());
        body.erase("bundle_version");
        return body;
    }
};

// Whoever signs in or enrols meanwhile needs the database, too.
TEST(Publishing, TheDatabaseIsFreeWhileABundleIsMade) {
    TemporaryDirectory directory;
    auto config = ConfigDatabase::open(directory.path() / "console.db", true).value();
    std::vector<std::future<void>> others;
    int free = 0;
    // The clock is read between assembling and signing.
    const auto now_ms = [&]() -> std::int64_t {
        others.push_back(std::async(std::launch::async, [&config] { std::ignore = config->lock(); }));
        free += others.back().wait_for(std::chrono::seconds(20)) == std::future_status::ready ? 1 : 0;
        return 0;
    };
    auto publisher =
        BundlePublisher::open(*config, wire::PrivateKey::generate_ed25519().value(), now_ms).value();
    const auto published =
        publisher->publish_rules(rules::read_pack(MODELWARD_CORE_PACK).value(), {"tester", ""});
    ASSERT_TRUE(published.has_value()) << published.error().message();
    EXPECT_EQ(published->version, 1u);
    EXPECT_EQ(others.size(), 1u);
    EXPECT_EQ(free, 1);
}

TEST_F(PublishingTest, AnArtifactIsInTheNextBundle) {
    const auto response = add("llm-7b", 1);
    ASSERT_EQ(response.status, 201) << response.body;
    const json artifact = json::parse(response.body);
    const auto published = bundle();
    ASSERT_TRUE(published.has_value());
    EXPECT_EQ(published->version(), 2u);
    ASSERT_EQ(published->artifacts_size(), 1);
    EXPECT_EQ(published->artifacts(0).id(), artifact["id"]);
    EXPECT_EQ(published->artifacts(0).number(), artifact["number"]);
    EXPECT_EQ(
        wire::to_base64({reinterpret_cast<const std::uint8_t*>(published->artifacts(0).fingerprint().data()),
                         published->artifacts(0).fingerprint().size()}),
        fingerprint_of(1));
    EXPECT_EQ(json::parse(person_.call("GET", "/api/v1/artifacts").body)["artifacts"][0], artifact);
}

TEST_F(PublishingTest, WhatCannotBeRegisteredPublishesNothing) {
    ASSERT_EQ(add("llm-7b", 1).status, 201);
    EXPECT_EQ(add("llm-7b", 2).status, 409);
    EXPECT_EQ(add("another name", 1).status, 409) << "the same content";
    EXPECT_EQ(add("x", 3, "restrictd").status, 400);
    EXPECT_EQ(add("x", 3, "restricted", "weight").status, 400);
    EXPECT_EQ(add("", 3).status, 400);
    EXPECT_EQ(add("two\nlines", 3).status, 400);
    EXPECT_EQ(person_
                  .call("POST", "/api/v1/artifacts",
                        R"({"name":"x","kind":"weights","class":"restricted","fingerprint_base64":"AAAA"})")
                  .status,
              400);
    EXPECT_EQ(bundle()->version(), 2u);
}

TEST_F(PublishingTest, RulesComeBackAsTheyWerePutAndMakeANewerBundle) {
    const json before = rules();
    ASSERT_EQ(before["rules"].size(), rules::read_pack(MODELWARD_CORE_PACK)->rules.size());
    const auto response = person_.call("PUT", "/api/v1/rules", before.dump());
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(json::parse(response.body)["bundle_version"], 2);
    EXPECT_EQ(rules(), before);
    EXPECT_EQ(bundle()->version(), 2u);
    EXPECT_EQ(bundle()->rules(0).text(), before["rules"][0]["text"]);
}

TEST_F(PublishingTest, RulesWithAProblemChangeNothingAndSayWhere) {
    const json before = rules();
    json broken = before;
    std::string text = broken["rules"][0]["text"];
    text.replace(text.find("artifact.class"), 14, "artifact.clas");
    broken["rules"][0]["text"] = text;
    const auto response = person_.call("PUT", "/api/v1/rules", broken.dump());
    EXPECT_EQ(response.status, 422);
    const json problem = json::parse(response.body)["problems"][0];
    EXPECT_EQ(problem["document"], before["rules"][0]["name"]);
    EXPECT_GT(problem["line"], 0);
    EXPECT_NE(problem["reason"].get<std::string>().find("artifact.clas"), std::string::npos) << problem;
    EXPECT_EQ(rules(), before);
    EXPECT_EQ(bundle()->version(), 1u);
}

TEST_F(PublishingTest, APackWithoutRulesIsRefused) {
    json empty = rules();
    empty["rules"] = json::array();
    const auto response = person_.call("PUT", "/api/v1/rules", empty.dump());
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_EQ(bundle()->version(), 1u);
}

TEST_F(PublishingTest, AClassThatAnArtifactHasCannotBeDropped) {
    const json before = rules();
    json extended = before;
    const std::string classes = before["classes"]["text"];
    extended["classes"]["text"] = classes + "- name: partner\n  min_flow: 64KiB\n";
    ASSERT_EQ(person_.call("PUT", "/api/v1/rules", extended.dump()).status, 200);
    ASSERT_EQ(add("partner model", 1, "partner").status, 201);
    const auto response = person_.call("PUT", "/api/v1/rules", before.dump());
    EXPECT_EQ(response.status, 422);
    EXPECT_NE(response.body.find("partner model"), std::string::npos) << response.body;
    EXPECT_EQ(rules(), extended);
}

// Agents hold to this themselves; the author learns of it here.
TEST_F(PublishingTest, APublishedClassKeepsItsNumber) {
    const json before = rules();
    const std::string classes = before["classes"]["text"];
    json moved = before;
    moved["classes"]["text"] = "- name: partner\n  min_flow: 64KiB\n" + classes;
    const auto refused = person_.call("PUT", "/api/v1/rules", moved.dump());
    EXPECT_EQ(refused.status, 422);
    const json problem = json::parse(refused.body)["problems"][0];
    EXPECT_EQ(problem["document"], "classes.yaml");
    EXPECT_NE(problem["reason"].get<std::string>().find("would become number 1"), std::string::npos)
        << problem;
    EXPECT_NE(problem["fix"].get<std::string>().find("add new ones at the end"), std::string::npos)
        << problem;
    EXPECT_EQ(rules(), before);

    json extended = before;
    extended["classes"]["text"] = classes + "- name: partner\n  min_flow: 64KiB\n";
    ASSERT_EQ(person_.call("PUT", "/api/v1/rules", extended.dump()).status, 200);
    ASSERT_EQ(person_.call("PUT", "/api/v1/rules", before.dump()).status, 200) << "the last one may go";
    json again = before;
    again["classes"]["text"] =
        classes + "- name: licensed\n  min_flow: 64KiB\n- name: partner\n  min_flow: 64KiB\n";
    EXPECT_EQ(person_.call("PUT", "/api/v1/rules", again.dump()).status, 422)
        << "a host that was off may still have the bundle with its old number";
}

TEST_F(PublishingTest, VersionsGrowAcrossARestart) {
    ASSERT_EQ(add("llm-7b", 1).status, 201);
    console_.restart();
    Person person(console_);
    ASSERT_EQ(person.sign_in(), 200);
    const auto response = person.call("PUT", "/api/v1/rules", person.call("GET", "/api/v1/rules").body);
    EXPECT_EQ(json::parse(response.body)["bundle_version"], 3);
}

TEST_F(PublishingTest, ShapesThatAreNotRulesAreRefused) {
    for (const char* body : {"", "[]", "{}", R"({"classes":{"name":"c","text":1},"rules":[],"lists":[]})",
                             R"({"classes":{"name":"c","text":""},"rules":{},"lists":[]})",
                             R"({"classes":{"name":"c","text":""},"rules":[1],"lists":[]})"}) {
        EXPECT_EQ(person_.call("PUT", "/api/v1/rules", body).status, 400) << body;
    }
}

}  // namespace
}  // namespace modelward::console
