// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/model_files.h"

#include <map>

namespace modelward::fingerprint::testing {
namespace {

const std::map<std::string, std::uint32_t> kGgufTypes = {
    {"F32", 0}, {"F16", 1}, {"Q8_0", 8}, {"Q4_K", 12}, {"BF16", 30},
};

std::string list_of(const std::vector<std::uint64_t>& numbers) {
    std::string text;
    for (const std::uint64_t number : numbers)
        text += (text.empty() ? "" : ",") + std::to_string(number);
    return "[" + text + "]";
}

}  // namespace

Bytes raw_safetensors(std::uint64_t length, std::string_view header, const Bytes& data) {
    Bytes file;
    for (int i = 0; i < 8; ++i)
        file.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
    file.insert(file.end(), header.begin(), header.end());
    file.insert(file.end(), data.begin(), data.end());
    return file;
}

Bytes raw_safetensors(std::string_view header, const Bytes& data) {
    return raw_safetensors(header.size(), header, data);
}

Bytes safetensors_file(const std::vector<StoredTensor>& tensors) {
    std::string header = "{\"__metadata__\":{\"format\":\"pt\"}";
    Bytes data;
    for (const StoredTensor& tensor : tensors) {
        const std::size_t begin = data.size();
        data.insert(data.end(), tensor.data.begin(), tensor.data.end());
        header += ",\"" + tensor.name + "\":{\"dtype\":\"" + tensor.dtype +
                  "\",\"shape\":" + list_of(tensor.shape) +
                  ",\"data_offsets\":" + list_of({begin, data.size()}) + "}";
    }
    return raw_safetensors(header + "}", data);
}

GgufWriter::GgufWriter(std::uint32_t version) : version_(version), bytes_{'G', 'G', 'U', 'F'} {
    u32(version);
}

GgufWriter& GgufWriter::u8(std::uint8_t value) {
    bytes_.push_back(value);
    return *this;
}

GgufWriter& GgufWriter::u32(std::uint32_t value) {
    for (int i = 0; i < 4; ++i)
        u8(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
}

GgufWriter& GgufWriter::u64(std::uint64_t value) {
    return u32(static_cast<std::uint32_t>(value)).u32(static_cast<std::uint32_t>(value >> 32));
}

GgufWriter& GgufWriter::size(std::uint64_t value) {
    return version_ == 1 ? u32(static_cast<std::uint32_t>(value)) : u64(value);
}

GgufWriter& GgufWriter::text(std::string_view value) {
    size(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
}

GgufWriter& GgufWriter::info(std::string_view name, const std::vector<std::uint64_t>& shape,
                             std::uint32_t type, std::uint64_t offset) {
    text(name).u32(static_cast<std::uint32_t>(shape.size()));
    for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent)
        size(*extent);
    return u32(type).u64(offset);
}

GgufWriter& GgufWriter::align(std::size_t alignment) {
    while (bytes_.size() % alignment != 0)
        u8(0);
    return *this;
}

GgufWriter& GgufWriter::data(const Bytes& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

Bytes gguf_file(const std::vector<StoredTensor>& tensors, std::uint32_t version) {
    GgufWriter writer(version);
    writer.size(tensors.size()).size(1);
    writer.text("general.architecture").u32(8).text("test");
    std::uint64_t offset = 0;
    for (const StoredTensor& tensor : tensors) {
        writer.info(tensor.name, tensor.shape, kGgufTypes.at(tensor.dtype), offset);
        offset += (tensor.data.size() + 31) / 32 * 32;
    }
    for (const StoredTensor& tensor : tensors)
        writer.align().data(tensor.data);
    return writer.align().bytes();
}

}  // namespace modelward::fingerprint::testing
