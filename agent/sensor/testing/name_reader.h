// SPDX-License-Identifier: Apache-2.0
// bpf/name_packet.h in user space: the lines that the kernel runs, on bytes of this process.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "bpf/shared.h"

#ifndef __always_inline
#define __always_inline inline
#endif

namespace modelward::kernel {

struct packet_t {
    std::string_view bytes;
    std::map<std::string, std::string> learned;  // address, 16 bytes: name, reversed
};

static __always_inline bool packet_load(packet_t* packet, __u32 at, void* to, __u32 size) {
    if (at > packet->bytes.size() || size > packet->bytes.size() - at) return false;
    std::memcpy(to, packet->bytes.data() + at, size);
    return true;
}

static __always_inline __u32 packet_size(packet_t* packet) {
    return static_cast<__u32>(packet->bytes.size());
}

inline std::string text_of(const name_key& name) {
    const auto* bytes = reinterpret_cast<const char*>(name.bytes);
    std::string text(bytes, ::strnlen(bytes, kNameBytes));
    std::ranges::reverse(text);
    return text;
}

static __always_inline void learn_address(packet_t* packet, const name_address* address,
                                          const name_key* name) {
    packet->learned[std::string(reinterpret_cast<const char*>(address), sizeof *address)] = text_of(*name);
}

#define PACKET_PART static inline
#include "bpf/name_packet.h"

}  // namespace modelward::kernel

namespace modelward::agent::testing {

struct SaidName {
    int found;
    std::string name;
    std::uint32_t prefix_bits;
};

inline SaidName said_by(std::string_view payload) {
    kernel::packet_t packet{payload, {}};
    kernel::name_key name{};
    const int found = kernel::name_of_payload(&packet, 0, &name);
    return {found, kernel::text_of(name), name.prefix_length};
}

struct Answered {
    int found;
    std::map<std::string, std::string> names;  // by address, 16 bytes
};

inline Answered answered_by(std::string_view message) {
    static kernel::name_scratch scratch;  // dirty from the message before, as in the kernel
    kernel::packet_t packet{message, {}};
    const int found = kernel::names_of_answer(&packet, 0, &scratch);
    return {found, std::move(packet.learned)};
}

}  // namespace modelward::agent::testing
