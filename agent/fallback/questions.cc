// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/questions.h"

#include <array>
#include <memory>

namespace modelward::agent {

namespace {

constexpr std::uint32_t kNoLogin = 0xffffffff;

}  // namespace

Result<int> Questions::run(kernel::question_of_agent& question) {
    const std::lock_guard lock(mutex_);
    const std::uint32_t zero = 0;
    if (auto put = map_put(*asked_, zero, question, "ask the kernel"); !put) return fail(put.error());
    const std::array<char, 64> packet{};
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.data_in = packet.data();
    options.data_size_in = packet.size();
    if (::bpf_prog_test_run_opts(ask_->get(), &options) != 0) return fail_errno("ask the kernel");
    if (::bpf_map_lookup_elem(asked_->get(), &zero, &question) != 0)
        return fail_errno("read the kernel's answer");
    return static_cast<int>(question.answer);
}

Result<Verdict> Questions::judge(const kernel::event& event, const kernel::inode_key& program) {
    auto question = std::make_unique<kernel::question_of_agent>();
    question->event = event;
    question->program = program;
    question->asking = kernel::kAskVerdict;
    question->payer = event.process.login_uid != kNoLogin ? event.process.login_uid : event.process.uid;
    auto action = run(*question);
    if (!action) return fail(action.error());
    switch (*action) {
        case MODELWARD_ANSWER_EXEMPT:
            return Verdict::kExempt;
        case kernel::kActionAllow:
        case kernel::kActionAlert:
            return Verdict::kLet;
        case kernel::kActionKill:
            return Verdict::kKill;
        default:
            return Verdict::kRefuse;  // a throttle too: what an open brings is not a rate
    }
}

Result<void> Questions::cross(kernel::event& event) {
    auto question = std::make_unique<kernel::question_of_agent>();
    question->event = event;
    question->asking = kernel::kAskCrossing;
    if (auto ran = run(*question); !ran) return fail(ran.error());
    event.marks = question->event.marks;
    event.policy_version = question->event.policy_version;
    return {};
}

Result<void> Questions::report(const kernel::event& event) {
    auto question = std::make_unique<kernel::question_of_agent>();
    question->event = event;
    question->event.count = 1;
    question->asking = kernel::kAskReport;
    if (auto ran = run(*question); !ran) return fail(ran.error());
    return {};
}

}  // namespace modelward::agent
