/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors of our maps, programs and links, by pin or by number: with one, root could change what is
 * enforced. Every other use of bpf() passes. */
#pragma once

#include "bpf/descriptor.bpf.h"
#include "bpf/guard.bpf.h"
#include "bpf/hook.bpf.h"

static __always_inline bool is_guarded_object(__u32 kind, __u32 id) {
    struct guarded_object object = {.kind = kind, .id = id};
    return bpf_map_lookup_elem(&guarded_objects, &object);
}

static __always_inline bool has_guarded_name(struct bpf_map* map) {
    const char guarded_name[] = MODELWARD_GUARDED_NAME;
    char name[sizeof(guarded_name) - 1] = {};
    bpf_probe_read_kernel(name, sizeof(name), __builtin_preserve_access_index(&map->name));
    for (int i = 0; i < (int)sizeof(name); i++)
        if (name[i] != guarded_name[i]) return false;
    return true;
}

HOOK_AS(guard_map, bpf_map, struct bpf_map* map) {
    if (!is_guarded_from_current()) return 0;
    __u32 id = map->id;
    if (!is_guarded_object(kGuardedMap, id) && !has_guarded_name(map)) return 0;
    return guard_refuse(kGuardBpf, 0, 0, id);
}

HOOK_AS(guard_program, bpf_prog, struct bpf_prog* program) {
    if (!is_guarded_from_current()) return 0;
    __u32 id = program->aux->id;
    return is_guarded_object(kGuardedProgram, id) ? guard_refuse(kGuardBpf, 0, 0, id) : 0;
}

/* The link's number, by the first word of what a command asks: its number, or a descriptor of it (which may
 * be of any other file then, whose private data means nothing: the kernel refuses that command by itself). */
static __always_inline __u32 link_of_command(int command, __u32 word) {
    if (command == BPF_LINK_GET_FD_BY_ID) return word;
    struct file* file = file_of_descriptor((int)word);
    struct bpf_link* link = file ? BPF_CORE_READ(file, private_data) : 0;
    return link ? BPF_CORE_READ(link, id) : 0;
}

/* There is no hook for links, so one can be opened by its pin; a control group's could be detached or given
 * another program then. */
HOOK_AS(guard_link, bpf, int command, union bpf_attr* attr) {
    if (command != BPF_LINK_GET_FD_BY_ID && command != BPF_LINK_DETACH && command != BPF_LINK_UPDATE)
        return 0;
    if (!is_guarded_from_current()) return 0;
    __u32 word = 0;
    bpf_probe_read_kernel(&word, sizeof(word), attr);
    __u32 id = link_of_command(command, word);
    return is_guarded_object(kGuardedLink, id) ? guard_refuse(kGuardBpf, 0, 0, id) : 0;
}
