// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/questions.h"

#include <memory>

namespace modelward::agent {

namespace {

constexpr std::uint32_t kNoLogin = 0xffffffff;

}  // namespace

Result<int> Questions::run(kernel::question_of_agent& question) {
    const std::lock_guard lock(mutex_);
    const std::uint32_t zero = 0;
    if (auto put = map_put(*asked_, zero, question, "ask the kernel"); !put) return fail(put.error());
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    if (::bpf_prog_test_run_opts(ask_->get(), &options) != 0) return fail_errno("ask the kernel");
    if (::bpf_map_lookup_elem(asked_->get(), &zero, &question) != 0)
        return fail_errno("read the kernel's answer");
    return static_cast<int>(options.retval);
}

Result<kernel::rule_action> Questions::judge(const kernel::event& event) {
    auto question = std::make_unique<kernel::question_of_agent>();
    question->event = event;
    question->asking = kernel::kAskVerdict;
    question->payer = event.process.login_uid != kNoLogin ? event.process.login_uid : event.process.uid;
    auto action = run(*question);
    if (!action) return fail(action.error());
    return static_cast<kernel::rule_action>(*action);
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
    question->asking = kernel::kAskReport;
    if (auto ran = run(*question); !ran) return fail(ran.error());
    return {};
}

}  // namespace modelward::agent
