/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict: each dimension of a question maps to the set of rules it satisfies; the sets are intersected
 * and the lowest rule left decides. rules/ holds the reference evaluator of the same policy.
 */
#pragma once

#include "bpf/meter.bpf.h"
#include "bpf/names.bpf.h"
#include "bpf/program.bpf.h"

/* Everything that is known of one operation. Lives on the stack of a hook. */
struct question {
    struct marks marks; /* of the subject: the file that is read, or the process that writes */
    __u8 origin;
    __u8 point;
    __u8 operation;
    __u8 protocol;
    __u16 port;
    __u16 reserved;
    __u8 address[16];
    struct inode_key file;
    __u64 bytes;
    __u64 dentry; /* kernel addresses, only for naming the file */
    __u64 mount;
    __u64 socket; /* the cookie, if it has one */
    __u32 sink_device;
};

struct answer {
    __u64 policy_version;
    __u64 identity;
    __u64 metered;
    __u64 count; /* of equal verdicts, when it is reported */
    __u64 bytes; /* of all of them */
    __u64 group; /* of the destination and its name */
    __u16 rule;
    __u8 action;
    __u8 slot;
    bool exempt; /* the program is: nothing was judged */
};

static __always_inline struct policy* policy_in_force(void) {
    __u32 zero = 0;
    void* table = bpf_map_lookup_elem(&policies, &zero);
    return table ? bpf_map_lookup_elem(table, &zero) : 0;
}

/* The classes whose min_flow is reached by `bytes`. */
static __always_inline __u32 classes_reached(const struct policy* policy, __u64 bytes) {
    if (bytes > MODELWARD_MAX_MIN_FLOW) bytes = MODELWARD_MAX_MIN_FLOW;
    __u32 classes = 0;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < kClasses; i++)
        classes |= (~mask_if_less(bytes, policy->min_flow[i]) & 1) << i;
    return classes;
}

static __always_inline void set_and(struct rule_set* set, const struct rule_set* with) {
    for (int w = 0; w < kRuleWords; w++)
        set->words[w] &= with->words[w];
}

/* Two names of one process: what a rule that names one of them asks for is there, what it excludes as well.
 */
static __always_inline void set_and_names(struct rule_set* set, const struct rule_set* one,
                                          const struct rule_set* other, const struct rule_set* unnamed) {
    for (int w = 0; w < kRuleWords; w++) {
        __u64 a = one->words[w], b = other->words[w], u = unnamed->words[w];
        set->words[w] &= ((a | b) & ~u) | (a & b & u);
    }
}

static __always_inline void set_or(struct rule_set* set, const struct rule_set* with) {
    for (int w = 0; w < kRuleWords; w++)
        set->words[w] |= with->words[w];
}

static __always_inline void set_clear(struct rule_set* set) {
    for (int w = 0; w < kRuleWords; w++)
        set->words[w] = 0;
}

/* Parts of judging have frames of their own: there is not room for all on one stack, nor together with the
 * frames of a report. */
static __noinline void narrow_by_user(struct rule_set* set, const struct policy* policy, __u32 uid) {
    const struct rule_set* rules = &policy->other_user_rules;
    __u32 slot = policy->slot;
    void* table = bpf_map_lookup_elem(&users, &slot);
    if (table) {
        const struct rule_set* found = bpf_map_lookup_elem(table, &uid);
        if (found) rules = found;
    }
    set_and(set, rules);
}

/* Returns the destination's group. */
static __noinline __u64 narrow_by_destination(struct rule_set* set, const struct policy* policy,
                                              const struct question* question) {
    __u32 slot = policy->slot;
    __u64 group = 0;
    void* table = bpf_map_lookup_elem(&destinations, &slot);
    const struct destination_rules* found_destination = 0;
    if (table) {
        struct destination_key key = {.prefix_length = 128};
        __builtin_memcpy(key.address, question->address, sizeof(key.address));
        found_destination = bpf_map_lookup_elem(table, &key);
    }
    if (found_destination) {
        set_and(set, &found_destination->rules);
        group = found_destination->group;
    } else {
        set_clear(set);
    }

    const struct rule_set* rules = &policy->other_port_rules;
    table = bpf_map_lookup_elem(&ports, &slot);
    if (table) {
        __u32 port = question->port;
        const struct rule_set* found = bpf_map_lookup_elem(table, &port);
        if (found) rules = found;
    }
    set_and(set, rules);
    return group;
}

/* By the name that the connection said, else its address's: that one opens nothing (rules/policy.h). Returns
 * the name's group. */
static __noinline __u64 narrow_by_name(struct rule_set* set, const struct policy* policy,
                                       const struct question* question) {
    const struct rule_set* rules = &policy->other_domain_rules;
    __u32 slot = policy->slot;
    __u64 group = 0;
    void* table = bpf_map_lookup_elem(&domains, &slot);
    const struct name_key* said = said_name(question->socket);
    const struct name_key* name = said ? said : answered_name(question->address);
    if (table && name) {
        const struct name_rules* found = bpf_map_lookup_elem(table, name);
        if (found) {
            rules = said ? &found->said : &found->answered;
            group = found->group;
        }
    }
    set_and(set, rules);
    return group;
}

/* Word by word and without branches: neither room on the stack nor work for the verifier. */
static __noinline void narrow_by_marks(struct rule_set* set, const struct policy* policy,
                                       const struct marks* marks) {
    __u64 classes = marks->classes, kinds = marks->kinds;
#pragma clang loop unroll(disable)
    for (int w = 0; w < kRuleWords; w++) {
        __u64 any = policy->no_class_rules.words[w] & (0 - (__u64)!classes);
#pragma clang loop unroll(disable)
        for (int i = 0; i < kClasses; i++)
            any |= policy->class_rules[i].words[w] & (0 - (classes >> i & 1));
        set->words[w] &= any;
        any = policy->no_kind_rules.words[w] & (0 - (__u64)!kinds);
#pragma clang loop unroll(disable)
        for (int i = 0; i < kKinds; i++)
            any |= policy->kind_rules[i].words[w] & (0 - (kinds >> i & 1));
        set->words[w] &= any;
    }
}

static __always_inline int lowest_rule(const struct rule_set* set) {
    for (int w = 0; w < kRuleWords; w++)
        if (set->words[w]) return w * 64 + __builtin_ctzll(set->words[w]);
    return -1;
}

/* Whose budget is charged: the user who logged in, whatever user the process has become (sudo, subordinate
 * ids); without a login the user it runs as. */
static __always_inline __u32 payer_of(__u32 login_uid, __u32 uid) {
    return login_uid != kNoUser ? login_uid : uid;
}

static __always_inline __u32 payer(struct task_struct* task) {
    return payer_of(task->loginuid.val, task->cred->euid.val);
}

/* Who is judged. */
struct subject {
    struct inode_key program;
    __u32 uid;
    __u32 payer;
};

/* The rule that decides, named in `answer`; null: none does. `script`: what the process is beside its
 * program, or null. */
static __always_inline const struct policy_rule* find_rule(const struct policy* policy,
                                                           const struct question* question,
                                                           struct answer* answer,
                                                           const struct subject* subject,
                                                           const struct inode_key* script) {
    __u32 point = question->point;
    if (point >= kPoints) return 0;
    answer->policy_version = policy->version;
    answer->slot = policy->slot;
    const struct program_rules* named = find_program(policy->slot, &subject->program);
    const struct program_rules* also = script ? find_program(policy->slot, script) : 0;
    if ((named && named->exempt) || (also && also->exempt)) {
        answer->exempt = true;
        return 0;
    }
    struct rule_set set = policy->point_rules[point];
    const struct rule_set* own = named ? &named->rules : &policy->other_program_rules;
    set_and_names(&set, own, also ? &also->rules : own, &policy->other_program_rules);
    narrow_by_marks(&set, policy, &question->marks);
    if (point == kPointNetwork || point == kPointNetworkFilesystem)
        answer->group = narrow_by_destination(&set, policy, question);
    if (point == kPointNetwork && policy->asks_for_names)
        answer->group ^= narrow_by_name(&set, policy, question);
    narrow_by_user(&set, policy, subject->uid);

    int lowest = lowest_rule(&set);
    if (lowest < 0) return 0;
    asm volatile(""
                 : "+r"(lowest)); /* keeps the bound below, which clang can prove and the verifier cannot */
    lowest &= kRules - 1;
    const struct policy_rule* rule = &policy->rules[lowest];
    answer->rule = lowest;
    answer->identity = rule->identity;
    answer->action = rule->action;
    return rule;
}

/* True: within the rule's budget or rate, and charged. */
static __always_inline bool is_within_budget(const struct policy* policy, const struct policy_rule* rule,
                                             const struct question* question, struct answer* answer,
                                             const struct subject* subject) {
    if (rule->action != kActionThrottle && !rule->budget) return false;
    struct meter_key key = {
        .program = program_number(&subject->program), .group = answer->group, .uid = subject->payer};
    return meter_charge(rule, &question->marks, &key, question->bytes,
                        bpf_ktime_get_boot_ns() + policy->clock_offset_ns, &answer->metered);
}

/* Fills `answer`. False: nothing to do (no rule, an allow rule, or within the rule's budget, now charged). */
static __always_inline bool judge_as(const struct question* question, struct answer* answer,
                                     const struct subject* subject) {
    const struct policy* policy = policy_in_force();
    if (!policy) {
        count_loss(kLossPolicyMissing);
        return false;
    }
    const struct policy_rule* rule = find_rule(policy, question, answer, subject, 0);
    if (answer->exempt) return true;
    if (!rule || rule->action == kActionAllow) return false;
    return !is_within_budget(policy, rule, question, answer, subject);
}
