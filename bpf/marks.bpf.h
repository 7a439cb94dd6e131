/* SPDX-License-Identifier: GPL-2.0-only */
/* Marks: what an inode, a channel or a process carries. They only ever grow, and do so without locks. */
#pragma once

#include "bpf/maps.bpf.h"
#include "bpf/verifier.bpf.h"

static __always_inline bool marks_cover(const struct marks* have, const struct marks* more) {
    if ((more->classes & ~have->classes) || (more->kinds & ~have->kinds)) return false;
    for (int i = 0; i < kArtifacts; i++) {
        __u32 artifact = more->artifacts[i];
        if (!artifact) continue;
        /* A full list cannot grow: what it lacks is lost to it, and asking again would not help. */
        if (have->artifacts[0] != artifact && have->artifacts[1] != artifact &&
            have->artifacts[2] != artifact && have->artifacts[3] != artifact && !have->artifacts[3])
            return false;
    }
    return true;
}

static __always_inline void marks_add_artifact(struct marks* into, __u32 artifact) {
#ifdef MODELWARD_WITHOUT_ATOMICS /* of two that add at once, one may be lost to the report; classes are not \
                                  */
    for (int i = 0; i < kArtifacts; i++) {
        if (into->artifacts[i] && into->artifacts[i] != artifact) continue;
        into->artifacts[i] = artifact;
        return;
    }
#else
    for (int i = 0; i < kArtifacts; i++) {
        __u32 seen = __sync_val_compare_and_swap(&into->artifacts[i], 0, artifact);
        if (seen == 0 || seen == artifact) return;
    }
#endif
}

/* `into` lies in a map: other threads add at the same time. */
VERIFIED_ONCE int marks_add(struct marks* into, const struct marks* from) {
    if (!into || !from) return 0;
#ifdef MODELWARD_WITHOUT_ATOMICS
    into->kinds |= from->kinds;
#else
    __sync_fetch_and_or(&into->kinds, from->kinds);
#endif
    for (int i = 0; i < kArtifacts; i++)
        if (from->artifacts[i]) marks_add_artifact(into, from->artifacts[i]);
#ifdef MODELWARD_WITHOUT_ATOMICS
    into->classes |= from->classes;
#else
    __sync_fetch_and_or(&into->classes, from->classes);
#endif
    return 0;
}
