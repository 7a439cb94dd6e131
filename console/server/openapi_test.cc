// SPDX-License-Identifier: Apache-2.0
// openapi.yaml and the router say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "base/testing/temporary_directory.h"
#include "console/server/people_service.h"
#include "console/server/store/event_store.h"

namespace modelward::console {
namespace {

using Calls = std::set<std::pair<std::string, std::string>>;

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

Calls documented(const YAML::Node& document) {
    Calls calls;
    for (const auto& path : document["paths"]) {
        for (const auto& method : path.second) {
            if (method.first.as<std::string>() == "parameters") continue;
            calls.emplace(upper(method.first.as<std::string>()), path.first.as<std::string>());
        }
    }
    return calls;
}

class OpenApiTest : public testing::Test {
  protected:
    const YAML::Node document_ = YAML::LoadFile(MODELWARD_OPENAPI);
    TemporaryDirectory directory_;
    std::unique_ptr<ConfigDatabase> config_ =
        ConfigDatabase::open(directory_.path() / "console.db", true).value();
    std::unique_ptr<EventStore> events_ =
        EventStore::open(directory_.path(), {.now_ms = [] { return std::int64_t{0}; }, .on_incident = {}})
            .value();
    wire::CertificateAuthority authority_ = wire::CertificateAuthority::create("test", 1).value();
    std::unique_ptr<BundlePublisher> publisher_ =
        BundlePublisher::open(*config_, wire::PrivateKey::generate_ed25519().value(), [] {
            return std::int64_t{0};
        }).value();
    IncidentStream stream_;
    LoginBackoff backoff_;
    Resources resources_{
        *config_, *events_, *publisher_, stream_, backoff_, authority_, [] { return std::int64_t{0}; }};
    const Router router_ = make_router(resources_);
};

TEST_F(OpenApiTest, IsOfTheStatedVersion) {
    EXPECT_EQ(document_["openapi"].as<std::string>(), "3.1.0");
}

TEST_F(OpenApiTest, EveryRouteIsDocumentedAndNothingElseIs) {
    Calls routed;
    for (const Route& route : router_.routes())
        routed.emplace(route.method, route.pattern);
    EXPECT_EQ(documented(document_), routed);
}

TEST_F(OpenApiTest, PublicCallsAreMarkedAsSuchAndTheOthersAreNot) {
    for (const Route& route : router_.routes()) {
        std::string method = route.method;
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const YAML::Node security = document_["paths"][route.pattern][method]["security"];
        const bool marked_public = security && security.IsSequence() && security.size() == 0;
        EXPECT_EQ(marked_public, route.access == Access::kPublic) << route.method << ' ' << route.pattern;
    }
}

// What every call of its sort can answer, whatever it does. The tests of the people's port hold each answer
// that they get against the document, too (testing/openapi.h).
TEST_F(OpenApiTest, RefusalsAreDocumented) {
    for (const Route& route : router_.routes()) {
        std::string method = route.method;
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const YAML::Node call = document_["paths"][route.pattern][method];
        const YAML::Node responses = call["responses"];
        const auto knows = [&](const char* status) { return static_cast<bool>(responses[status]); };
        const std::string name = route.method + ' ' + route.pattern;
        EXPECT_TRUE(knows("401") || route.access == Access::kPublic) << name;
        EXPECT_TRUE(knows("403") || method == "get") << name;
        EXPECT_TRUE((knows("400") && knows("413")) || !call["requestBody"]) << name;
    }
    EXPECT_TRUE(document_["paths"]["/api/v1/session"]["post"]["responses"]["503"]);
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
    const std::string prefix = "#/components/";
    std::vector<YAML::Node> open{document_};
    while (!open.empty()) {
        const YAML::Node node = open.back();
        open.pop_back();
        if (node.IsSequence()) {
            for (const auto& child : node)
                open.push_back(child);
        } else if (node.IsMap()) {
            for (const auto& child : node) {
                open.push_back(child.second);
                if (child.first.as<std::string>() != "$ref") continue;
                const auto target = child.second.as<std::string>();
                ASSERT_TRUE(target.starts_with(prefix)) << target;
                const std::size_t slash = target.find('/', prefix.size());
                ASSERT_NE(slash, std::string::npos) << target;
                const std::string sort = target.substr(prefix.size(), slash - prefix.size());
                EXPECT_TRUE(document_["components"][sort][target.substr(slash + 1)]) << target;
            }
        }
    }
}

}  // namespace
}  // namespace modelward::console
