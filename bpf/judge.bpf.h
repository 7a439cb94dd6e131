/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts on what the current process does: the fallback's programs judge others (verdict.bpf.h). */
#pragma once

#include "bpf/script.bpf.h"
#include "bpf/verdict.bpf.h"

static __always_inline struct subject current_subject(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct subject subject = {.program = program_of(task), .uid = task->cred->euid.val, .payer = payer(task)};
    return subject;
}

static __noinline const struct policy_rule* find_rule_for_current(const struct policy* policy,
                                                                  const struct question* question,
                                                                  struct answer* answer) {
    struct subject subject = current_subject();
    struct task_struct* leader = bpf_get_current_task_btf()->group_leader;
    return find_rule(policy, question, answer, &subject, script_of_process(leader));
}

static __noinline bool is_within_budget_of_current(const struct policy* policy,
                                                   const struct policy_rule* rule,
                                                   const struct question* question, struct answer* answer) {
    struct subject subject = current_subject();
    return is_within_budget(policy, rule, question, answer, &subject);
}

/* judge_as() for the current process, in two steps that follow each other: neither's frame lies on the
 * other's. */
static __always_inline bool judge(const struct question* question, struct answer* answer) {
    const struct policy* policy = policy_in_force();
    if (!policy) {
        count_loss(kLossPolicyMissing);
        return false;
    }
    const struct policy_rule* rule = find_rule_for_current(policy, question, answer);
    if (answer->exempt) return true;
    if (!rule || rule->action == kActionAllow) return false;
    return !is_within_budget_of_current(policy, rule, question, answer);
}
