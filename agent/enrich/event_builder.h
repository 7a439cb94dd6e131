// SPDX-License-Identifier: Apache-2.0
// From what the kernel reports to what an analyst can read: names for numbers. What is not known stays empty;
// an event is never held back for it.
#pragma once

#include "agent/bundle/policy_archive.h"
#include "agent/enrich/user_names.h"
#include "agent/sensor/kernel_event.h"
#include "wire/modelward.pb.h"

namespace modelward::agent {

class EventBuilder {
  public:
    // `archive` must outlive the builder.
    explicit EventBuilder(const PolicyArchive& archive) : archive_(&archive) {}

    wire::Event build(const KernelEvent& event);

  private:
    void fill_process(const KernelProcess& from, wire::Process& to);
    const PolicyArchive* archive_;
    UserNames users_;
};

// The artifacts of a label; one reference without an id for a class that no artifact accounts for.
void fill_artifacts(const Label& label, std::uint64_t version, const PolicyArchive& archive,
                    wire::Event& event);

// Nanoseconds since 1970 now, and of a moment given in nanoseconds since boot.
std::int64_t now_unix_ns();
std::int64_t unix_ns_of_boot_ns(std::uint64_t boot_ns);

std::string_view to_string(KernelOperation operation);  // "open-write"

}  // namespace modelward::agent
