/* SPDX-License-Identifier: GPL-2.0-only */
/* decide() for hooks that ask in many places: a global function is verified once, not once per call. */
#pragma once

#include "bpf/event.bpf.h"

/* Not 0: refused. Global functions cannot promise the verifier a range. */
VERIFIED_ONCE int refused_by_rule(struct question* question) {
    return question ? decide(question) : 0;
}

/* What a hook returns. */
static __always_inline int ask(struct question* question) {
    int refused = refused_by_rule(question);
    if (refused == -kTryAgain) return -kTryAgain; /* throttled */
    return refused ? -kNoPermission : 0;
}
