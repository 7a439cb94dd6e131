// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/hdf5_writer.h"

namespace modelward::fingerprint::testing {
namespace {

constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

void append_numbers(Bytes& bytes, const std::vector<std::uint64_t>& numbers) {
    for (const std::uint64_t number : numbers)
        append_number(bytes, number);
}

}  // namespace

Hdf5Part hdf5_dataspace(const Hdf5Counts& shape, std::uint8_t version) {
    Bytes body{version, static_cast<std::uint8_t>(shape.size()), 0};
    body.resize(version == 1 ? 8 : 4);
    if (version == 2) body[3] = 1;
    append_numbers(body, shape);
    return {0x01, body};
}

Hdf5Part hdf5_datatype(std::uint8_t type_class, std::uint32_t bits, std::uint32_t bytes,
                       const Bytes& properties) {
    Bytes body;
    append_number(body, (bits << 8) | 0x10U | type_class);
    append_number(body, bytes);
    append(body, properties);
    return {0x03, body};
}

Hdf5Part hdf5_float(std::uint32_t bytes, bool is_big_endian) {
    const auto bits = static_cast<std::uint8_t>(8 * bytes);
    const std::uint8_t mantissa = bytes == 2 ? 10 : bytes == 4 ? 23 : 52;
    const auto exponent = static_cast<std::uint8_t>(bits - 1 - mantissa);
    Bytes properties{0, 0, bits, 0, mantissa, exponent, 0, mantissa};
    append_number(properties, (std::uint32_t{1} << (exponent - 1)) - 1);
    const std::uint32_t sign = (bits - 1U) << 8;
    return hdf5_datatype(1, sign | 0x20U | (is_big_endian ? 1U : 0U), bytes, properties);
}

Hdf5Part hdf5_contiguous(std::uint64_t address, std::uint64_t bytes) {
    Bytes body{3, 1};
    append_numbers(body, {address, bytes});
    return {0x08, body};
}

Hdf5Part hdf5_compact(const Bytes& data) {
    Bytes body{3, 0};
    append_number(body, static_cast<std::uint16_t>(data.size()));
    append(body, data);
    return {0x08, body};
}

Hdf5Part hdf5_continuation(std::uint64_t address, std::uint64_t bytes) {
    Bytes body;
    append_numbers(body, {address, bytes});
    return {0x10, body};
}

Bytes hdf5_link(const std::string& name, std::uint64_t address) {
    Bytes body{1, 0, static_cast<std::uint8_t>(name.size())};
    append(body, name);
    append_number(body, address);
    return body;
}

Hdf5Writer::Hdf5Writer(std::uint8_t superblock_version, std::size_t user_block)
    : version_(superblock_version), base_(user_block), bytes_(user_block) {
    append(bytes_, Bytes{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n', version_});
    if (is_old()) {
        append(bytes_, Bytes{0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0});
        if (version_ == 1) append(bytes_, Bytes{32, 0, 0, 0});
        append_numbers(bytes_, {base_, kNowhere, 0, kNowhere, 0, 0, 0, 0, 0});
    } else {
        append(bytes_, Bytes{8, 8, 0});
        append_numbers(bytes_, {base_, kNowhere, 0, 0});
        append(bytes_, Bytes(4));
    }
}

std::uint64_t Hdf5Writer::add(const Bytes& bytes) {
    while (bytes_.size() % 8 != 0)
        bytes_.push_back(0);
    const std::uint64_t address = bytes_.size() - base_;
    append(bytes_, bytes);
    return address;
}

Bytes Hdf5Writer::messages(const std::vector<Hdf5Part>& messages) const {
    Bytes all;
    for (Hdf5Part message : messages) {
        while (is_old() && message.body.size() % 8 != 0)
            message.body.push_back(0);
        if (is_old())
            append_number(all, message.type);
        else
            all.push_back(static_cast<std::uint8_t>(message.type));
        append_number(all, static_cast<std::uint16_t>(message.body.size()));
        all.push_back(message.flags);
        if (is_old()) append(all, Bytes(3));
        append(all, message.body);
    }
    return all;
}

std::uint64_t Hdf5Writer::header(const std::vector<Hdf5Part>& parts) {
    const Bytes content = messages(parts);
    Bytes header;
    if (is_old()) {
        std::size_t count = parts.size();
        for (const Hdf5Part& part : parts)
            if (part.type == 0x10) ++count;  // tests put one message behind each continuation
        append(header, Bytes{1, 0});
        append_number(header, static_cast<std::uint16_t>(count));
        append_number(header, std::uint32_t{1});
        append_number(header, static_cast<std::uint32_t>(content.size()));
        append(header, Bytes(4));
    } else {
        append(header, "OHDR");
        append(header, Bytes{2, 0x02});  // four bytes give the size
        append_number(header, static_cast<std::uint32_t>(content.size()));
    }
    append(header, content);
    if (!is_old()) append(header, Bytes(4));
    return add(header);
}

std::uint64_t Hdf5Writer::group(const Hdf5Children& children) {
    if (!is_old()) {
        std::vector<Hdf5Part> links;
        for (const auto& [name, address] : children)
            links.push_back({0x06, hdf5_link(name, address)});
        return header(links);
    }
    Bytes names(8);
    Bytes node;
    append(node, "SNOD");
    append(node, Bytes{1, 0});
    append_number(node, static_cast<std::uint16_t>(children.size()));
    for (const auto& [name, address] : children) {
        append_numbers(node, {names.size(), address, 0, 0, 0});
        append(names, name);
        names.push_back(0);
    }
    const std::uint64_t names_at = add(names);
    Bytes heap;
    append(heap, "HEAP");
    append(heap, Bytes(4));
    append_numbers(heap, {names.size(), kNowhere, names_at});
    const std::uint64_t heap_at = add(heap);
    const std::uint64_t node_at = add(node);
    Bytes tree;
    append(tree, "TREE");
    append(tree, Bytes{0, 0, 1, 0});
    append_numbers(tree, {kNowhere, kNowhere, 0, node_at, 0});
    Bytes table;
    append_numbers(table, {add(tree), heap_at});
    return header({{0x11, table}});
}

std::uint64_t Hdf5Writer::dataset(const Hdf5Part& type, const Hdf5Counts& shape, const Bytes& data) {
    return header({hdf5_dataspace(shape, is_old() ? 1 : 2), type, hdf5_contiguous(add(data), data.size())});
}

void Hdf5Writer::set(std::uint64_t address, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        bytes_.at(base_ + address + i) = static_cast<std::uint8_t>(value >> (8 * i));
}

const Bytes& Hdf5Writer::finish(std::uint64_t root) {
    set(version_ == 0 ? 64 : version_ == 1 ? 68 : 36, root, 8);
    return bytes_;
}

}  // namespace modelward::fingerprint::testing
