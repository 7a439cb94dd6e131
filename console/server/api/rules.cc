// SPDX-License-Identifier: Apache-2.0
// GET and PUT /api/v1/rules: the documents that the fleet enforces.
#include "rules/rules.h"

#include "console/server/api/resources.h"
#include "console/server/api/responses.h"

namespace modelward::console {
namespace {

Json document_json(const rules::Document& document) {
    return {{"name", document.name}, {"text", document.text}};
}

Json documents_json(const std::vector<rules::Document>& documents) {
    Json list = Json::array();
    for (const rules::Document& document : documents)
        list.push_back(document_json(document));
    return list;
}

Result<rules::Document> read_document(const Json& json) {
    if (!json.is_object()) return fail(ErrorCode::kInvalid, "a document is an object with 'name' and 'text'");
    auto name = string_field(json, "name");
    if (!name) return fail(name.error());
    auto text = string_field(json, "text");
    if (!text) return fail(text.error());
    return rules::Document{std::move(*name), std::move(*text)};
}

Result<std::vector<rules::Document>> read_documents(const Json& json, const char* name) {
    std::vector<rules::Document> documents;
    const auto found = json.find(name);
    if (found == json.end() || !found->is_array()) {
        return fail(ErrorCode::kInvalid, std::string("'") + name + "' is missing or not a list");
    }
    for (const Json& entry : *found) {
        auto document = read_document(entry);
        if (!document) return fail(document.error().with_context(name));
        documents.push_back(std::move(*document));
    }
    return documents;
}

Result<rules::Pack> read_pack_json(const std::string& body) {
    const auto json = parse_json_object(body);
    if (!json) return fail(json.error());
    auto classes = read_document(json->contains("classes") ? (*json)["classes"] : Json());
    if (!classes) return fail(classes.error().with_context("classes"));
    auto rules = read_documents(*json, "rules");
    if (!rules) return fail(rules.error());
    auto lists = read_documents(*json, "lists");
    if (!lists) return fail(lists.error());
    return rules::Pack{std::move(*classes), std::move(*rules), std::move(*lists)};
}

Response get(Resources& resources) {
    const auto pack = load_documents(*resources.config.lock());
    if (!pack) return error_response(pack.error());
    return json_response(200, {{"bundle_version", resources.publisher.newest()->version},
                               {"classes", document_json(pack->classes)},
                               {"rules", documents_json(pack->rules)},
                               {"lists", documents_json(pack->lists)}});
}

Response put(const Call& call, Resources& resources) {
    const auto pack = read_pack_json(call.request.body);
    if (!pack) return error_response(pack.error());
    const auto outcome = resources.publisher.publish_rules(*pack, actor_of(call));
    if (!outcome) return error_response(outcome.error());
    if (outcome->problems.empty()) return json_response(200, {{"bundle_version", outcome->version}});
    Json problems = Json::array();
    for (const rules::Problem& problem : outcome->problems) {
        problems.push_back({{"document", problem.document},
                            {"line", problem.line},
                            {"column", problem.column},
                            {"reason", problem.reason},
                            {"fix", problem.fix}});
    }
    return json_response(422, {{"problems", problems}});
}

}  // namespace

void add_rule_routes(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/rules", Access::kSignedIn,
               [&resources](const Call&) { return get(resources); });
    router.add("PUT", "/api/v1/rules", Access::kAdmin,
               [&resources](const Call& call) { return put(call, resources); });
}

}  // namespace modelward::console
