// SPDX-License-Identifier: Apache-2.0
#include "console/server/bundle_publisher.h"

#include <algorithm>
#include <iterator>

#include "fingerprint/fingerprint.h"
#include "wire/bundle.h"
#include "wire/codec.h"
#include "wire/maintenance_token.h"
#include "wire/random.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxArtifactNameBytes = 200;

void copy(const rules::Document& from, wire::Document& to) {
    to.set_name(from.name);
    to.set_text(from.text);
}

std::string in_order(const ClassNumbers& known) {
    std::vector<std::pair<std::size_t, std::string>> classes;
    for (const auto& [name, number] : known)
        classes.emplace_back(number, name);
    std::ranges::sort(classes);
    std::string text;
    for (const auto& [number, name] : classes)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

// Artifacts keep their class: rules that drop a class which is in use would leave them without protection.
std::vector<rules::Problem> dropped_classes(const rules::Pack& pack, const rules::CompiledPolicy& policy,
                                            const std::vector<StoredArtifact>& artifacts) {
    std::vector<rules::Problem> problems;
    for (const StoredArtifact& artifact : artifacts) {
        if (policy.class_number(artifact.class_name)) continue;
        problems.push_back({pack.classes.name, 0, 0,
                            "the class '" + artifact.class_name + "' is missing, but the artifact '" +
                                artifact.name + "' is of that class",
                            "keep the class"});
    }
    return problems;
}

// Hosts refuse a bundle in which a class that they know has another number, and keep the old rules: better
// not to publish it. The list of classes that would do is part of the answer.
std::vector<rules::Problem> moved_classes(const rules::Pack& pack, const rules::CompiledPolicy& policy,
                                          const ClassNumbers& known) {
    std::vector<rules::Problem> problems;
    for (std::size_t number = 0; number < policy.classes.size(); ++number) {
        const auto before = known.find(policy.classes[number].name);
        if (before == known.end() || before->second == number) continue;
        problems.push_back({pack.classes.name, 0, 0,
                            "the class '" + before->first + "' was published as number " +
                                std::to_string(before->second) + " and would become number " +
                                std::to_string(number) + ": every host that has it would refuse the bundle",
                            "keep the published classes in their order (" + in_order(known) +
                                ") and add new ones at the end"});
    }
    return problems;
}

Result<void> check(const NewArtifact& artifact, const rules::CompiledPolicy& policy) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (artifact.name.empty() || artifact.name.size() > kMaxArtifactNameBytes ||
        std::ranges::any_of(artifact.name, is_control)) {
        return fail(ErrorCode::kInvalid, "an artifact's name has 1 to 200 printable characters");
    }
    if (!rules::artifact_kind_from(artifact.kind)) {
        return fail(ErrorCode::kInvalid,
                    "there is no kind of artifact '" + artifact.kind +
                        "'; there are: weights, adapter, optimizer-state, tokenizer, config, training-log, "
                        "dataset, code");
    }
    if (!policy.class_number(artifact.class_name)) {
        std::string known;
        for (const rules::ClassInfo& info : policy.classes)
            known += (known.empty() ? "" : ", ") + info.name;
        return fail(ErrorCode::kInvalid,
                    "there is no class '" + artifact.class_name + "'; there are: " + known);
    }
    return {};
}

}  // namespace

BundlePublisher::BundlePublisher(ConfigDatabase& config, wire::PrivateKey key,
                                 std::function<std::int64_t()> now_ms)
    : config_(config), key_(std::move(key)), now_ms_(std::move(now_ms)) {}

Result<std::unique_ptr<BundlePublisher>> BundlePublisher::open(ConfigDatabase& config, wire::PrivateKey key,
                                                               std::function<std::int64_t()> now_ms) {
    std::unique_ptr<BundlePublisher> publisher(
        new BundlePublisher(config, std::move(key), std::move(now_ms)));
    const auto stored = newest_bundle(*config.lock());
    if (!stored) return fail(stored.error());
    if (!*stored) return publisher;
    auto frame = wire::encode((*stored)->bundle);
    if (!frame) return fail(frame.error());
    publisher->take_over({(*stored)->version, std::move(*frame)});
    return publisher;
}

Result<RulesOutcome> BundlePublisher::publish_rules(const rules::Pack& pack, const Actor& actor) {
    const rules::CheckedPolicy checked = rules::load_policy(pack);
    if (!checked.ok()) return RulesOutcome{0, checked.problems};
    if (pack.rules.empty())
        return fail(ErrorCode::kInvalid, "the pack holds no rule: every host would enforce nothing");
    std::vector<rules::Problem> problems;
    const auto change = [&](Database& database) -> Result<void> {
        const auto artifacts = list_artifacts(database);
        if (!artifacts) return fail(artifacts.error());
        const auto known = load_class_numbers(database);
        if (!known) return fail(known.error());
        problems = dropped_classes(pack, checked.policy, *artifacts);
        std::ranges::move(moved_classes(pack, checked.policy, *known), std::back_inserter(problems));
        if (!problems.empty()) return fail(ErrorCode::kInvalid, "the rules do not fit what hosts have");
        if (auto replaced = replace_documents(database, pack); !replaced) return replaced;
        return note_class_numbers(database, checked.policy.classes);
    };
    const auto version = publish(change, {actor, "rules.publish", "",
                                          std::to_string(pack.rules.size()) + " rules, " +
                                              std::to_string(pack.lists.size()) + " lists"});
    if (!problems.empty()) return RulesOutcome{0, std::move(problems)};
    if (!version) return fail(version.error());
    return RulesOutcome{*version, {}};
}

Result<StoredArtifact> BundlePublisher::add_artifact(const NewArtifact& artifact, const Actor& actor) {
    const auto fingerprint = fingerprint::parse_fingerprint(artifact.fingerprint);
    if (!fingerprint) return fail(fingerprint.error().with_context("fingerprint"));
    StoredArtifact stored{0,
                          wire::random_uuid(),
                          artifact.name,
                          artifact.kind,
                          artifact.class_name,
                          fingerprint->file_bytes,
                          now_ms_()};
    const auto change = [&](Database& database) -> Result<void> {
        const auto pack = load_documents(database);
        if (!pack) return fail(pack.error());
        if (auto checked = check(artifact, rules::load_policy(*pack).policy); !checked) return checked;
        return insert_artifact(database, stored, fingerprint->sha256, artifact.fingerprint);
    };
    const auto version = publish(change, {actor, "artifact.add", stored.name,
                                          stored.kind + ", " + stored.class_name + ", " + stored.id});
    if (!version) return fail(version.error());
    return stored;
}

// The change is made twice: once to see what the bundle of it is, and taken back; then, when that is signed,
// for good. Everybody who signs in or enrols needs the database, and a bundle of many artifacts takes
// seconds.
Result<std::uint64_t> BundlePublisher::publish(const Change& change, const Note& note) {
    const std::lock_guard publishing(publishing_);
    auto bundle = rehearse(change);
    if (!bundle) return fail(bundle.error());
    bundle->set_created_unix_ms(now_ms_());
    const auto signed_bundle = wire::sign_bundle(*bundle, key_);
    if (!signed_bundle) return fail(signed_bundle.error());
    if (signed_bundle->payload().size() > wire::kMaxBundleBytes / 2) {
        return fail(ErrorCode::kLimit, "the bundle would be larger than agents accept");
    }
    auto frame = wire::encode(*signed_bundle);
    if (!frame) return fail(frame.error());
    if (auto stored = store(change, note, *bundle, *signed_bundle); !stored) return fail(stored.error());
    take_over({bundle->version(), std::move(*frame)});
    return bundle->version();
}

// The bundle of the database as the change would leave it.
Result<wire::Bundle> BundlePublisher::rehearse(const Change& change) {
    auto database = config_.lock();
    auto transaction = Transaction::begin(*database);  // never committed
    if (!transaction) return fail(transaction.error());
    if (auto changed = change(*database); !changed) return fail(changed.error());
    const auto version = next_bundle_version(*database);
    if (!version) return fail(version.error());
    const auto pack = load_documents(*database);
    if (!pack) return fail(pack.error());
    wire::Bundle bundle;
    bundle.set_version(*version);
    copy(pack->classes, *bundle.mutable_classes());
    for (const rules::Document& rule : pack->rules)
        copy(rule, *bundle.add_rules());
    for (const rules::Document& list : pack->lists)
        copy(list, *bundle.add_lists());
    if (auto added = append_artifacts(*database, bundle); !added) return fail(added.error());
    return bundle;
}

Result<void> BundlePublisher::store(const Change& change, const Note& note, const wire::Bundle& bundle,
                                    const wire::SignedBundle& made) {
    auto database = config_.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    // Every change makes a bundle: the same version next means that nothing changed since the rehearsal.
    const auto version = next_bundle_version(*database);
    if (!version) return fail(version.error());
    if (*version != bundle.version())
        return fail(ErrorCode::kInternal, "another program publishes in this directory");
    if (auto changed = change(*database); !changed) return changed;
    if (auto stored = insert_bundle(*database, bundle.version(), bundle.created_unix_ms(), made); !stored)
        return stored;
    auto noted =
        append_audit(*database, bundle.created_unix_ms(), note.actor, note.action,
                     note.object.empty() ? "bundle " + std::to_string(*version) : note.object, note.detail);
    if (!noted) return noted;
    return transaction->commit();
}

void BundlePublisher::take_over(PublishedBundle bundle) {
    const std::lock_guard guard(mutex_);
    if (bundle.version > newest_->version)
        newest_ = std::make_shared<const PublishedBundle>(std::move(bundle));
}

Result<std::string> BundlePublisher::sign_maintenance(const wire::MaintenanceToken& token,
                                                      const Actor& actor) const {
    auto made = wire::make_maintenance_token(token, key_);
    if (!made) return made;
    auto database = config_.lock();
    auto noted =
        append_audit(*database, now_ms_(), actor, "maintenance-token.create", token.host_id(),
                     std::to_string(token.seconds()) + " s, token " + token.id() + ": " + token.reason());
    if (!noted) return fail(noted.error());
    return made;
}

std::shared_ptr<const PublishedBundle> BundlePublisher::newest() const {
    const std::lock_guard guard(mutex_);
    return newest_;
}

}  // namespace modelward::console
