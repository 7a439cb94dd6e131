/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Names in packets: a TLS ClientHello's SNI, an HTTP CONNECT, a DNS answer. Read by the kernel programs
 * (bpf/names.bpf.h) and, the same lines, by tests and the fuzzer in user space. The includer says how a
 * packet is read:
 *
 *   packet_t               a packet
 *   PACKET_PART            a part of reading that the verifier reads by itself
 *   packet_load()          true: `size` bytes from `at` on are in `to`; false: they are not all there
 *   packet_size()
 *   learn_address()        a DNS answer says that the name has this address
 *
 * Every offset is 16 bits wide, and every loop has a bound: what lies beyond is not found.
 */
#pragma once

#include "bpf/shared.h"

enum name_packet_limits {
    kOffsetMask = 0xffff,
    kMaxHostBytes = 253,
    kMaxExtensions = 48,
    kMaxAnswers = 24,
    kMaxOwnerLabels = 20,
    kDnsHeader = 12,
};

/* In user space nobody counts. */
#ifdef __bpf__
#define ROLLED _Pragma("clang loop unroll(disable)")
#else
#define ROLLED
#endif

/* What was found. Unreadable: it began like one, and could not be followed to the name. */
enum name_found { kNoName = 0, kNameFound = 1, kNameUnreadable = 2 };

struct name_place {
    __u32 at;
    __u32 length;
};

/* Letters are made small; what no host name has becomes '_', so that the rest of the name still counts. */
static const unsigned char name_letters[kNameBytes + 1] =
    "________________________________"
    "_____________-._0123456789______"
    "_abcdefghijklmnopqrstuvwxyz_____"
    "_abcdefghijklmnopqrstuvwxyz_____"
    "________________________________"
    "________________________________"
    "________________________________"
    "________________________________";

/* Numbers instead of branches: verifier.bpf.h says why. 1 if a < b, for numbers below 2^63, else 0. Clang
 * does not see that it is a comparison, or it would branch; and a mask of all ones or none would do for 6.12,
 * but 7.x goes both ways where one meets a constant. */
static __always_inline __u64 name_less(__u64 a, __u64 b) {
    __u64 less = a - b;
    asm volatile("" : "+r"(less));
    less >>= 63;
    asm volatile("" : "+r"(less));
    return less;
}

static __always_inline __u32 name_be16(const __u8* bytes) {
    return (__u32)bytes[0] << 8 | bytes[1];
}

/* Where the SNI lies in the ClientHello at `at`. */
static __always_inline int find_sni(packet_t* packet, __u32 at, struct name_place* place) {
    __u8 head[6], size[2], length, extension[4], entry[5];
    if (!packet_load(packet, at, head, sizeof(head)) || head[0] != 22 || head[1] != 3 || head[5] != 1)
        return kNoName;
    at += 43; /* record and handshake headers, version, random */
    if (!packet_load(packet, at, &length, 1)) return kNameUnreadable;
    at += 1u + length; /* session */
    if (!packet_load(packet, at, size, sizeof(size))) return kNameUnreadable;
    at = (at + 2 + name_be16(size)) & kOffsetMask; /* cipher suites */
    if (!packet_load(packet, at, &length, 1)) return kNameUnreadable;
    at += 1u + length; /* compression */
    if (!packet_load(packet, at, size, sizeof(size))) return kNoName;
    __u32 end = (at + 2 + name_be16(size)) & kOffsetMask;
    at = (at + 2) & kOffsetMask;
    int found = kNameUnreadable;
    ROLLED
    for (int i = 0; i < kMaxExtensions; i++) {
        if (at + sizeof(extension) > end) {
            found = kNoName;
            break;
        }
        if (!packet_load(packet, at, extension, sizeof(extension))) break;
        at = (at + sizeof(extension)) & kOffsetMask;
        if (!name_be16(extension)) {
            found = kNameFound;
            break;
        }
        at = (at + name_be16(extension + 2)) & kOffsetMask;
    }
    if (found != kNameFound) return found;
    if (!packet_load(packet, at, entry, sizeof(entry)) || entry[2]) return kNameUnreadable;
    place->at = (at + sizeof(entry)) & kOffsetMask;
    place->length = name_be16(entry + 3);
    return kNameFound;
}

/* Where the host lies in "CONNECT host:port". An address in brackets is no name. */
static __always_inline int find_connect(packet_t* packet, __u32 at, struct name_place* place) {
    char method[8];
    __u8 letter = 0;
    if (!packet_load(packet, at, method, sizeof(method)) || method[0] != 'C' || method[1] != 'O' ||
        method[2] != 'N' || method[3] != 'N' || method[4] != 'E' || method[5] != 'C' || method[6] != 'T' ||
        method[7] != ' ')
        return kNoName;
    at = (at + sizeof(method)) & kOffsetMask;
    place->at = at;
    int found = kNameUnreadable;
    ROLLED
    for (int i = 0; i <= kMaxHostBytes + 1; i++) {
        if (!packet_load(packet, at, &letter, 1)) break;
        if (letter == ':' || letter == ' ' || letter == '\r' || letter == '\n') {
            found = kNameFound;
            break;
        }
        at = (at + 1) & kOffsetMask;
    }
    if (found != kNameFound) return found;
    place->length = (at - place->at) & kOffsetMask;
    if (!packet_load(packet, place->at, &letter, 1) || letter == '[') return kNoName;
    return kNameFound;
}

/* Reads a name backwards. `name` is all zero before. */
static __always_inline int take_reversed(packet_t* packet, const struct name_place* place,
                                         struct name_key* name) {
    __u8 letter = 0;
    __u32 length = place->length;
    if (!length || length > kMaxHostBytes + 1) return kNameUnreadable;
    if (!packet_load(packet, (place->at + length - 1) & kOffsetMask, &letter, 1)) return kNameUnreadable;
    length -= letter == '.'; /* the root's dot */
    if (!length || length > kMaxHostBytes) return kNameUnreadable;
    __u32 at = (place->at + length - 1) & kOffsetMask;
    ROLLED
    for (__u32 i = 0; i < kMaxHostBytes; i++) {
        if (i >= length) break;
        letter = 0;
        packet_load(packet, (at - i) & kOffsetMask, &letter, 1);
        name->bytes[i] = name_letters[letter];
    }
    name->prefix_length = (length + 1) * 8;
    return kNameFound;
}

/* The name that a connection says with its first bytes, which begin at `at`. */
static __always_inline int name_of_payload(packet_t* packet, __u32 at, struct name_key* name) {
    struct name_place place = {0, 0};
    __u8 first = 0;
    if (!packet_load(packet, at, &first, 1)) return kNoName;
    int found = first == 22    ? find_sni(packet, at, &place)
                : first == 'C' ? find_connect(packet, at, &place)
                               : kNoName;
    return found == kNameFound ? take_reversed(packet, &place, name) : found;
}

/* Working memory for an answer. */
struct name_scratch {
    __u8 wire[kNameBytes];
    struct name_key name;
};

/*
 * The name that was asked for, from its labels at `at` (compression has nothing to point at there), reversed
 * into scratch->name. Returns how many bytes it takes in the packet; 0: it is the root, or no name.
 */
PACKET_PART int take_question(packet_t* packet, __u32 at, struct name_scratch* scratch) {
    if (!scratch) return 0;
    __u32 size = packet_size(packet);
    if (size <= at) return 0;
    size -= at;
    if (size > kNameBytes - 1) size = kNameBytes - 1;
    __u32 more = size - 1;
    asm volatile("" : "+r"(more)); /* the verifier has to see that it is from 1 to 256 */
    size = (more & (kNameBytes - 1)) + 1;
    if (!packet_load(packet, at, scratch->wire, size)) return 0;
    __u64 left = 0, done = 0, bad = 0, length = 0;
    ROLLED
    for (__u32 i = 0; i < kNameBytes - 1; i++) {
        __u64 byte = scratch->wire[i];
        __u64 starts = name_less(left, 1); /* this byte says how long a label is */
        __u64 letter = name_letters[byte];
        letter += name_less(letter ^ '.', 1) * ('_' - '.'); /* a dot inside of a label is none */
        scratch->wire[i] = (__u8)(letter + starts * ('.' - letter));
        done |= starts & name_less(byte, 1);
        bad |= starts & name_less(63, byte) & (1 - done);
        left = (starts * byte + (1 - starts) * (left - 1)) & 63;
        length += 1 - done;
    }
    if (bad || !done || length < 2 || length >= size || length > kMaxHostBytes + 1) return 0;
    ROLLED
    for (__u32 i = 0; i < kNameBytes; i++)
        scratch->name.bytes[i] =
            (__u8)(scratch->wire[(length - 1 - i) & (kNameBytes - 1)] * name_less(i, length - 1));
    scratch->name.prefix_length = (__u32)length * 8;
    return (int)length + 1;
}

/* Past the owner of a record. 0: it could not be followed. */
PACKET_PART int skip_owner(packet_t* packet, __u32 at) {
    bool ended = false;
    ROLLED
    for (int i = 0; i < kMaxOwnerLabels; i++) {
        __u8 length = 0;
        if (!packet_load(packet, at, &length, 1)) return 0;
        ended = !length || length >= 192;
        at = (at + (length >= 192 ? 2u : 1u + length)) & kOffsetMask;
        if (ended) break;
    }
    return ended ? (int)at : 0;
}

/* False: the address is not all there. */
static __always_inline bool take_address(packet_t* packet, __u32 at, __u32 type, __u32 size,
                                         const struct name_key* name) {
    struct name_address address = {{0, 0}};
    if (type == 1 && size == 4) {
        __u8* bytes = (__u8*)&address;
        bytes[10] = bytes[11] = 0xff;
        if (!packet_load(packet, at, bytes + 12, 4)) return false;
    } else if (type == 28 && size == 16) {
        if (!packet_load(packet, at, &address, sizeof(address))) return false;
    } else {
        return true;
    }
    /* "::" stands for what nobody knows. */
    if (address.words[0] | address.words[1]) learn_address(packet, &address, name);
    return true;
}

/* The DNS message at `at`: if it is an answer, every address in it belongs to the name that was asked for. */
static __always_inline int names_of_answer(packet_t* packet, __u32 at, struct name_scratch* scratch) {
    __u8 head[kDnsHeader], question[4], record[10];
    if (!packet_load(packet, at, head, sizeof(head))) return kNameUnreadable;
    /* An answer to one query, without an error. */
    if ((head[2] & 0xf8) != 0x80 || (head[3] & 15) || name_be16(head + 4) != 1) return kNoName;
    __u32 count = name_be16(head + 6);
    if (!count) return kNoName;
    at = (at + kDnsHeader) & kOffsetMask;
    int bytes = take_question(packet, at, scratch);
    if (!bytes) return kNameUnreadable;
    at = (at + (__u32)bytes) & kOffsetMask;
    if (!packet_load(packet, at, question, sizeof(question))) return kNameUnreadable;
    at = (at + sizeof(question)) & kOffsetMask;
    ROLLED
    for (__u32 i = 0; i < kMaxAnswers; i++) {
        if (i >= count) return kNameFound;
        at = (__u32)skip_owner(packet, at) & kOffsetMask;
        if (!at || !packet_load(packet, at, record, sizeof(record))) return kNameUnreadable;
        __u32 size = name_be16(record + 8);
        at = (at + sizeof(record)) & kOffsetMask;
        if (name_be16(record + 2) == 1 && !take_address(packet, at, name_be16(record), size, &scratch->name))
            return kNameUnreadable;
        at = (at + size) & kOffsetMask;
    }
    return count > kMaxAnswers ? kNameUnreadable : kNameFound;
}
