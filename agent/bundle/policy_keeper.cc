// SPDX-License-Identifier: Apache-2.0
#include "agent/bundle/policy_keeper.h"

#include <spdlog/spdlog.h>

namespace modelward::agent {

void PolicyKeeper::start(const std::optional<wire::BundlePublicKey>& key) {
    key_ = key;
    const std::string nothing = sensor_->info().adopted ? "what the kernel enforced before stays in force"
                                                        : "nothing is enforced until a bundle arrives";
    if (!key_) return say_("This host is not enrolled: " + nothing + ".");
    const auto changed =
        archive_->belong_to(std::string_view(reinterpret_cast<const char*>(key_->data()), key_->size()));
    if (!changed) say_("The console's key could not be noted: " + changed.error().message());
    if (changed && *changed)
        say_("This host belongs to another console now; the versions of the earlier one are forgotten.");
    auto stored = file_.load();
    if (!stored && stored.error().code() == ErrorCode::kNotFound)
        return say_("There is no stored bundle: " + nothing + ".");
    Result<void> applied;
    if (stored) {
        auto prepared = prepare_bundle(*stored, *key_, 0);
        if (prepared) {
            applied = apply(*stored, *prepared, false);
            if (applied) return announce(*prepared, "is in force again");
        } else {
            applied = fail(prepared.error());
        }
    } else {
        applied = fail(stored.error());
    }
    error_ = "the stored bundle is refused: " + applied.error().message();
    say_("The stored bundle is refused (" + applied.error().message() + "); " + nothing + ".");
}

// Without a stored bundle (it was lost or damaged) the archive still remembers which version was in force;
// that one may come again, an older one may not.
std::uint64_t PolicyKeeper::oldest_acceptable() const {
    if (version_ > 0) return version_;
    const auto newest = archive_->newest_version();
    return newest > 0 ? newest - 1 : 0;
}

bool PolicyKeeper::take(const wire::SignedBundle& bundle) {
    if (!key_) return false;
    auto prepared = prepare_bundle(bundle, *key_, oldest_acceptable());
    Result<void> applied;
    if (!prepared)
        applied = fail(prepared.error());
    else
        applied = apply(bundle, *prepared, true);
    if (!applied) {
        complain(applied.error().message());
        return false;
    }
    error_.clear();
    announce(*prepared, "is in force");
    return true;
}

Result<void> PolicyKeeper::apply(const wire::SignedBundle& bundle, PreparedBundle& prepared, bool store) {
    if (const auto* texts = archive_->texts(version_ > 0 ? version_ : archive_->newest_version()))
        if (auto fits = check_class_numbers(*texts, prepared.policy); !fits) return fits;
    if (store)
        if (auto staged = file_.stage(bundle); !staged) return staged;
    // Events of the new policy may arrive before apply() returns, so its texts come first. At a start
    // enforcement comes before memory: the stored bundle goes into force on a full disk too.
    auto done = archive_->save(prepared.version, prepared.policy, prepared.artifacts);
    if (!done && !store) {
        say_("The policy's texts could not be stored: " + done.error().message());
        done = {};
    }
    if (done) done = sensor_->apply(prepared.policy, prepared.version);
    if (!store) return done;
    if (!done) {
        file_.discard();
        return done;
    }
    // It is in force; if it cannot be kept, the next start begins with the older one and fetches this one
    // again.
    if (auto kept = file_.commit(); !kept)
        say_("Bundle " + std::to_string(prepared.version) +
             " could not be stored: " + kept.error().message());
    return {};
}

void PolicyKeeper::announce(PreparedBundle& prepared, const std::string& how) {
    version_ = prepared.version;
    in_force_(prepared.policy, prepared.registry, std::make_shared<UniqueFd>(std::move(prepared.index)));
    say_("Bundle " + std::to_string(prepared.version) + " " + how + ": " +
         std::to_string(prepared.policy.rules.size()) + " rules, " +
         std::to_string(prepared.artifacts.size()) + " artifacts.");
    for (const auto& problem : sensor_->policy_problems())  // the console has them among the blind spots
        spdlog::warn("{}", problem);
}

void PolicyKeeper::complain(const std::string& error) {
    if (error_ == error) return;  // said already
    error_ = error;
    say_("A bundle was refused, " +
         (version_ > 0 ? "version " + std::to_string(version_) + " stays in force: "
                       : std::string("none is in force: ")) +
         error);
}

}  // namespace modelward::agent
