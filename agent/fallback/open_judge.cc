// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/open_judge.h"

#include <signal.h>
#include <unistd.h>

#include <memory>

#include "agent/fallback/file_key.h"
#include "agent/fallback/open_intent.h"
#include "agent/sensor/device_number.h"

namespace modelward::agent {

namespace {

constexpr std::chrono::milliseconds kStockLimit{1000};

}  // namespace

bool is_in_scope(const std::string& path, const std::string& scope) {
    if (scope == "/") return true;
    return path.starts_with(scope) && (path.size() == scope.size() || path[scope.size()] == '/');
}

struct OpenJudge::Subject {
    int file;
    pid_t thread;
    ProcessView process;
    kernel::inode_key key{};
    std::uint64_t size = 0;

    std::unique_ptr<kernel::event> event(const kernel::marks& marks, std::string_view path) const {
        auto out = std::make_unique<kernel::event>();
        out->marks = marks;
        out->kind = kernel::kEventVerdict;
        put_path(*out, path);
        describe_process(*out, process.pid, to_taint(process, marks));
        return out;
    }
};

bool OpenJudge::is_free(const ProcessView& process) const {
    if (process.pid == ::getpid() || state_->exempt.contains(process.pid)) return true;
    if (state_->scope == "/") return false;
    const auto place = cgroup_of(process.pid);
    return place && !is_in_scope(*place, state_->scope);
}

Verdict OpenJudge::ask(const Subject& subject, const kernel::event& event) {
    const auto verdict = state_->questions.judge(event, program_of(subject.process.pid));
    if (verdict == Verdict::kKill)
        ::kill(subject.process.pid, SIGKILL);  // it is held: nobody else has its id
    return verdict.value_or(Verdict::kRefuse);
}

bool OpenJudge::may_write(const Subject& subject, const OpenForWriting& sink, const kernel::marks& marks) {
    auto event = subject.event(marks, sink.path);
    event->point =
        sink.kind == OpenForWriting::Kind::kRemovable ? kernel::kPointRemovable : kernel::kPointDevice;
    event->operation = kernel::kOperationOpenWrite;
    event->sink_device = sink.device;
    // What is written afterwards is not counted: it is more than any budget.
    event->bytes_requested = MODELWARD_MAX_BUDGET;
    const Verdict verdict = ask(subject, *event);
    return verdict == Verdict::kLet || verdict == Verdict::kExempt;
}

OpenJudge::Having OpenJudge::may_have(const Subject& subject, const kernel::label& label) {
    const auto before = state_->taints.find(subject.process.pid);
    const bool settled = before && !(before->flags & kernel::kTaintUnsettled);
    if (settled && marks_cover(before->marks, label.marks)) return Having::kYes;
    const bool probe = label.flags & kernel::kLabelProbe;
    if (!probe) {
        auto event = subject.event(label.marks, path_of(subject.file));
        event->point = kernel::kPointRead;
        event->operation = kernel::kOperationRead;
        event->origin = label.origin;
        event->file = subject.key;
        event->bytes_requested = subject.size;
        const Verdict verdict = ask(subject, *event);
        if (verdict == Verdict::kExempt) return Having::kExempt;
        if (verdict != Verdict::kLet) return Having::kNo;
    }
    const auto taint = state_->taints.add(subject.process, label.marks, probe ? kernel::kTaintProbe : 0);
    if (!taint) {
        ++state_->counters.refused_unknown;
        return Having::kNo;
    }
    state_->lineages.remember(subject.process);
    const auto open = take_stock(
        state_->maps, subject.process.pid, *taint,
        [this](std::uint32_t device) { return state_->removable.contains(device); }, kStockLimit);
    if (!open) {
        ++state_->counters.refused_unknown;
        return Having::kNo;
    }
    for (const auto& sink : *open)
        if (!may_write(subject, sink, taint->marks)) return Having::kNo;
    if (!state_->taints.settle(subject.process.pid)) {
        ++state_->counters.refused_unknown;
        return Having::kNo;
    }
    return Having::kYes;
}

bool OpenJudge::allows(int file, pid_t thread, bool opening) {
    struct stat status;
    if (::fstat(file, &status) != 0) return true;
    Subject subject{file, thread, {}, {}, static_cast<std::uint64_t>(status.st_size)};
    kernel::label label{};
    bool labelled = false;
    if (const auto key = file_key(file)) {
        subject.key = *key;
        labelled = ::bpf_map_lookup_elem(state_->maps.labels.get(), &*key, &label) == 0;
    }
    const auto device = device_number(status.st_dev);
    const bool removable = opening && state_->removable.contains(device);
    if (!labelled && !removable) return true;

    auto process = view_process(thread);
    if (!process) {
        ++state_->counters.refused_unknown;
        return !labelled;
    }
    subject.process = std::move(*process);
    if (is_free(subject.process)) return true;
    ++state_->counters.judged;
    const Having having = labelled ? may_have(subject, label) : Having::kYes;
    if (having != Having::kYes) return having == Having::kExempt;
    if (!removable || intent_of(thread) == OpenIntent::kRead) return true;
    const auto taint = state_->taints.find(subject.process.pid);
    return !taint || (taint->flags & kernel::kTaintProbe) ||
           may_write(subject, {OpenForWriting::Kind::kRemovable, device, path_of(file)}, taint->marks);
}

}  // namespace modelward::agent
