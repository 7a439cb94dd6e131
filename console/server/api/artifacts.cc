// SPDX-License-Identifier: Apache-2.0
// GET and POST /api/v1/artifacts.
#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "wire/base64.h"

namespace modelward::console {
namespace {

Json artifact_json(const StoredArtifact& artifact) {
    return {{"id", artifact.id},
            {"number", artifact.number},
            {"name", artifact.name},
            {"kind", artifact.kind},
            {"class", artifact.class_name},
            {"bytes", artifact.bytes},
            {"created_ms", artifact.created_ms}};
}

Response list(Resources& resources) {
    const auto artifacts = list_artifacts(*resources.config.lock());
    if (!artifacts) return error_response(artifacts.error());
    Json list = Json::array();
    for (const StoredArtifact& artifact : *artifacts)
        list.push_back(artifact_json(artifact));
    return json_response(200, {{"artifacts", list}});
}

Result<NewArtifact> read_artifact(const std::string& body) {
    const auto json = parse_json_object(body);
    if (!json) return fail(json.error());
    NewArtifact artifact;
    const std::pair<const char*, std::string*> fields[] = {
        {"name", &artifact.name}, {"kind", &artifact.kind}, {"class", &artifact.class_name}};
    for (const auto& [name, into] : fields) {
        auto value = string_field(*json, name);
        if (!value) return fail(value.error());
        *into = std::move(*value);
    }
    const auto text = string_field(*json, "fingerprint_base64");
    if (!text) return fail(text.error());
    auto fingerprint = wire::from_base64(*text);
    if (!fingerprint) return fail(fingerprint.error().with_context("fingerprint_base64"));
    artifact.fingerprint = std::move(*fingerprint);
    return artifact;
}

Response add(const Call& call, Resources& resources) {
    const auto artifact = read_artifact(call.request.body);
    if (!artifact) return error_response(artifact.error());
    const auto stored = resources.publisher.add_artifact(*artifact, actor_of(call));
    if (!stored) return error_response(stored.error());
    return json_response(201, artifact_json(*stored));
}

}  // namespace

void add_artifact_routes(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/artifacts", Access::kSignedIn,
               [&resources](const Call&) { return list(resources); });
    router.add("POST", "/api/v1/artifacts", Access::kAdmin,
               [&resources](const Call& call) { return add(call, resources); });
}

}  // namespace modelward::console
