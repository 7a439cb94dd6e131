// SPDX-License-Identifier: Apache-2.0
#include "agent/bundle/bundle_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "agent/scanner/index_file.h"
#include "fingerprint/fingerprint.h"
#include "rules/rules.h"
#include "wire/codec.h"
#include "wire/secret_file.h"

namespace modelward::agent {
namespace {

rules::Document document(const wire::Document& from) {
    return {from.name(), from.text()};
}

Result<rules::CompiledPolicy> compile(const wire::Bundle& bundle) {
    rules::Pack pack;
    pack.classes = document(bundle.classes());
    for (const auto& rule : bundle.rules())
        pack.rules.push_back(document(rule));
    for (const auto& list : bundle.lists())
        pack.lists.push_back(document(list));
    auto checked = rules::load_policy(pack);
    if (checked.ok()) return std::move(checked.policy);
    std::string all;
    for (const auto& problem : checked.problems)
        all += (all.empty() ? "" : "; ") + to_string(problem);
    return fail(ErrorCode::kInvalid, all);
}

std::span<const std::uint8_t> as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Its fingerprint goes into `index`.
Result<RegisteredArtifact> register_artifact(const wire::Artifact& artifact,
                                             const rules::CompiledPolicy& policy,
                                             fingerprint::IndexBuilder& index) {
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::kInvalid, "artifact '" + artifact.name() + "': " + why);
    };
    const auto class_number = policy.class_number(artifact.class_name());
    if (!class_number) return refuse("unknown class '" + artifact.class_name() + "'");
    const auto kind = rules::artifact_kind_from(artifact.kind());
    if (!kind) return refuse("unknown kind '" + artifact.kind() + "'");
    const auto parsed = fingerprint::parse_fingerprint(as_bytes(artifact.fingerprint()));
    if (!parsed) return refuse(parsed.error().message());
    index.add(artifact.number(), *parsed);
    return RegisteredArtifact{
        {artifact.number(), artifact.id(), artifact.name(), artifact.kind(), artifact.class_name()},
        *class_number,
        *kind};
}

Result<void> write_durably(const std::filesystem::path& path, const std::string& bytes) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return fail_errno("write " + path.string());
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t written = ::write(fd.get(), bytes.data() + at, bytes.size() - at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno("write " + path.string());
        at += static_cast<std::size_t>(written);
    }
    if (::fsync(fd.get()) != 0) return fail_errno("write " + path.string());
    return {};
}

}  // namespace

Result<PreparedBundle> prepare_bundle(const wire::SignedBundle& signed_bundle,
                                      const wire::BundlePublicKey& key, std::uint64_t version_in_force) {
    auto bundle = wire::verify_bundle(signed_bundle, key, version_in_force);
    if (!bundle) return fail(bundle.error());
    const std::string name = "bundle " + std::to_string(bundle->version());
    PreparedBundle prepared;
    prepared.version = bundle->version();
    auto policy = compile(*bundle);
    if (!policy) return fail(policy.error().with_context(name));
    prepared.policy = std::move(*policy);
    prepared.registry.version = bundle->version();
    fingerprint::IndexBuilder fingerprints;
    for (const auto& artifact : bundle->artifacts()) {
        auto registered = register_artifact(artifact, prepared.policy, fingerprints);
        if (!registered) return fail(registered.error().with_context(name));
        if (!prepared.registry.artifacts.emplace(artifact.number(), *registered).second)
            return fail(ErrorCode::kInvalid,
                        name + ": artifact number " + std::to_string(artifact.number()) + " twice");
        prepared.artifacts.push_back(registered->info);
    }
    auto index = make_index_file(fingerprints);
    if (!index) return fail(index.error());
    prepared.index = std::move(*index);
    return prepared;
}

Result<void> check_class_numbers(const PolicyTexts& in_force, const rules::CompiledPolicy& next) {
    for (std::size_t number = 0; number < in_force.classes.size(); ++number) {
        const auto now = next.class_number(in_force.classes[number]);
        if (now && *now != number)
            return fail(ErrorCode::kInvalid,
                        "class '" + in_force.classes[number] + "' would change its number from " +
                            std::to_string(number) + " to " + std::to_string(*now) +
                            ": keep the order of the classes and add new ones at the end");
    }
    return {};
}

Result<wire::SignedBundle> BundleFile::load() const {
    auto bytes = wire::read_small_file(path_, wire::kMaxBundleBytes);
    if (!bytes) return fail(bytes.error());
    wire::SignedBundle bundle;
    if (auto parsed = wire::parse(*bytes, bundle); !parsed)
        return fail(parsed.error().with_context(path_.string()));
    return bundle;
}

Result<void> BundleFile::stage(const wire::SignedBundle& bundle) const {
    auto bytes = wire::serialize(bundle);
    if (!bytes) return fail(bytes.error());
    auto written = write_durably(staged(), *bytes);
    if (!written) discard();
    return written;
}

Result<void> BundleFile::commit() const {
    if (::rename(staged().c_str(), path_.c_str()) != 0) return fail_errno("replace " + path_.string());
    const UniqueFd directory(::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0)
        return fail_errno("sync " + path_.parent_path().string());
    return {};
}

void BundleFile::discard() const {
    ::unlink(staged().c_str());
}

}  // namespace modelward::agent
