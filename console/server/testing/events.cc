// SPDX-License-Identifier: Apache-2.0
#include "console/server/testing/events.h"

namespace modelward::console {

wire::Event block_event(std::uint64_t sequence, std::int64_t time_ms, std::uint64_t bytes) {
    wire::Event event;
    event.set_sequence(sequence);
    event.set_time_unix_ns(time_ms * 1'000'000);
    event.set_kind(wire::EVENT_KIND_VERDICT);
    event.set_verdict(wire::VERDICT_BLOCK);
    event.mutable_rule()->set_id("rule-1");
    event.mutable_rule()->set_title("Restricted weights to removable media");
    event.mutable_rule()->set_level("high");
    event.mutable_rule()->set_message("Ask the model's owner.");
    wire::ArtifactRef& artifact = *event.add_artifacts();
    artifact.set_id("artifact-1");
    artifact.set_name("llm-7b");
    artifact.set_kind("weights");
    artifact.set_class_name("restricted");
    artifact.set_label("confirmed");
    wire::Process& process = *event.mutable_process();
    process.set_pid(100);
    process.set_start_unix_ns(5);
    process.set_name("cp");
    process.set_executable("/usr/bin/cp");
    process.add_args("cp");
    process.add_args("/models/llm-7b.safetensors");
    process.mutable_user()->set_id(1000);
    process.mutable_user()->set_name("alice");
    event.mutable_file()->set_path("/media/stick/llm-7b.safetensors");
    event.mutable_sink()->set_kind("removable");
    event.mutable_sink()->mutable_device()->set_vendor("SanDisk");
    event.mutable_sink()->mutable_device()->set_serial("4C530001");
    event.set_bytes_requested(bytes);
    event.set_count(1);
    event.set_operation("write");
    return event;
}

wire::Event agent_event(std::uint64_t sequence, const std::string& reason) {
    wire::Event event;
    event.set_sequence(sequence);
    event.set_time_unix_ns(kTestTimeMs * 1'000'000);
    event.set_kind(wire::EVENT_KIND_AGENT);
    event.set_reason(reason);
    return event;
}

wire::EventBatch heartbeat() {
    wire::EventBatch batch;
    batch.set_spool_id(kTestSpool);
    return batch;
}

wire::EventBatch block_batch(std::uint64_t first, std::uint64_t last) {
    wire::EventBatch batch = heartbeat();
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
        *batch.add_events() = block_event(sequence, kTestTimeMs + static_cast<std::int64_t>(sequence));
    }
    return batch;
}

}  // namespace modelward::console
