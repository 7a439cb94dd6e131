// SPDX-License-Identifier: Apache-2.0
// Signed bundles with the rules that ship and one artifact, number 7, whose content is content().
#pragma once

#include <string>

#include "fingerprint/fingerprint.h"
#include "rules/rules.h"
#include "wire/bundle.h"

namespace modelward::agent {

class TestBundles {
  public:
    static std::string content() {
        std::string bytes;
        for (std::uint32_t i = 0; bytes.size() < 400'000; ++i) {
            const std::uint32_t word = i * 2654435761u ^ (i >> 3);
            bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
        }
        return bytes;
    }

    wire::BundlePublicKey public_key() const { return *wire::bundle_public_key(key_); }

    static wire::Bundle bundle(std::uint64_t version) {
        wire::Bundle bundle;
        bundle.set_version(version);
        const auto pack = rules::read_pack(MODELWARD_CORE_PACK).value();
        put(pack.classes, *bundle.mutable_classes());
        for (const auto& rule : pack.rules)
            put(rule, *bundle.add_rules());
        for (const auto& list : pack.lists)
            put(list, *bundle.add_lists());
        auto& artifact = *bundle.add_artifacts();
        artifact.set_number(7);
        artifact.set_id("id-7");
        artifact.set_name("secret-model");
        artifact.set_kind("weights");
        artifact.set_class_name("restricted");
        const std::string bytes = content();
        const auto fingerprint = serialize(*fingerprint::make_fingerprint(fingerprint::MemorySource(
            std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()))));
        artifact.set_fingerprint(fingerprint.data(), fingerprint.size());
        return bundle;
    }

    wire::SignedBundle sign(const wire::Bundle& bundle) const { return *wire::sign_bundle(bundle, key_); }
    wire::SignedBundle signed_bundle(std::uint64_t version) const { return sign(bundle(version)); }

  private:
    static void put(const rules::Document& from, wire::Document& to) {
        to.set_name(from.name);
        to.set_text(from.text);
    }
    wire::PrivateKey key_ = std::move(*wire::PrivateKey::generate_ed25519());
};

}  // namespace modelward::agent
