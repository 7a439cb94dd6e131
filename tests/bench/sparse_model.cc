// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/sparse_model.h"

#include <unistd.h>

#include <bit>
#include <functional>
#include <numeric>

#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::bench {
namespace {

using fingerprint::testing::append;
using fingerprint::testing::append_number;
using fingerprint::testing::Bytes;

constexpr std::uint64_t kElementBytes = 2;
constexpr std::uint64_t kGgufAlignment = 32;
constexpr std::uint32_t kGgufString = 8, kGgufArray = 9, kGgufBf16 = 30;

struct NamedShape {
    std::string name;
    std::vector<std::uint64_t> shape;  // outermost first

    std::uint64_t bytes() const {
        return std::accumulate(shape.begin(), shape.end(), kElementBytes, std::multiplies<>());
    }
};

std::vector<NamedShape> tensors_of(const Transformer& model) {
    std::vector<NamedShape> tensors{{"model.embed_tokens.weight", {model.vocabulary, model.hidden}}};
    for (std::uint64_t layer = 0; layer < model.layers; ++layer) {
        const std::string name = "model.layers." + std::to_string(layer) + ".";
        tensors.push_back({name + "input_layernorm.weight", {model.hidden}});
        tensors.push_back({name + "self_attn.q_proj.weight", {model.hidden, model.hidden}});
        tensors.push_back({name + "self_attn.k_proj.weight", {model.keys, model.hidden}});
        tensors.push_back({name + "self_attn.v_proj.weight", {model.keys, model.hidden}});
        tensors.push_back({name + "self_attn.o_proj.weight", {model.hidden, model.hidden}});
        tensors.push_back({name + "post_attention_layernorm.weight", {model.hidden}});
        tensors.push_back({name + "mlp.gate_proj.weight", {model.feed_forward, model.hidden}});
        tensors.push_back({name + "mlp.up_proj.weight", {model.feed_forward, model.hidden}});
        tensors.push_back({name + "mlp.down_proj.weight", {model.hidden, model.feed_forward}});
    }
    tensors.push_back({"model.norm.weight", {model.hidden}});
    return tensors;
}

Bytes safetensors_header(const std::vector<NamedShape>& tensors) {
    std::string text = "{\"__metadata__\":{\"format\":\"pt\"}";
    std::uint64_t begin = 0;
    for (const NamedShape& tensor : tensors) {
        text += ",\"" + tensor.name + "\":{\"dtype\":\"BF16\",\"shape\":[";
        for (std::size_t i = 0; i < tensor.shape.size(); ++i)
            text += (i == 0 ? "" : ",") + std::to_string(tensor.shape[i]);
        text += "],\"data_offsets\":[" + std::to_string(begin) + "," +
                std::to_string(begin + tensor.bytes()) + "]}";
        begin += tensor.bytes();
    }
    text += "}";
    text.append(-text.size() % 8, ' ');
    Bytes header;
    append_number(header, std::uint64_t{text.size()});
    append(header, text);
    return header;
}

void append_text(Bytes& bytes, std::string_view text) {
    append_number(bytes, std::uint64_t{text.size()});
    append(bytes, text);
}

// Words of the lengths that a vocabulary of byte pairs has.
void append_words(Bytes& bytes, std::string_view key, std::uint64_t count) {
    append_text(bytes, key);
    append_number(bytes, kGgufArray);
    append_number(bytes, kGgufString);
    append_number(bytes, count);
    for (std::uint64_t i = 0; i < count; ++i)
        append_text(bytes, std::string_view("abcdefghijkl").substr(i % 6, 3 + i % 7));
}

Bytes gguf_header(const std::vector<NamedShape>& tensors, std::uint64_t vocabulary) {
    Bytes header;
    append(header, "GGUF");
    append_number(header, std::uint32_t{3});
    append_number(header, std::uint64_t{tensors.size()});
    append_number(header, std::uint64_t{3});
    append_text(header, "general.architecture");
    append_number(header, kGgufString);
    append_text(header, "llama");
    append_words(header, "tokenizer.ggml.tokens", vocabulary);
    append_words(header, "tokenizer.ggml.merges", vocabulary);
    std::uint64_t offset = 0;
    for (const NamedShape& tensor : tensors) {
        append_text(header, tensor.name);
        append_number(header, static_cast<std::uint32_t>(tensor.shape.size()));
        for (std::size_t i = tensor.shape.size(); i-- > 0;)
            append_number(header, tensor.shape[i]);
        append_number(header, kGgufBf16);
        append_number(header, offset);
        offset += tensor.bytes();
    }
    header.resize((header.size() + kGgufAlignment - 1) / kGgufAlignment * kGgufAlignment);
    return header;
}

Bytes header_of(const Transformer& model, FileFormat format) {
    const auto tensors = tensors_of(model);
    return format == FileFormat::kGguf ? gguf_header(tensors, model.vocabulary) : safetensors_header(tensors);
}

// Nearly normal with a standard deviation of 0.02, by the place in the file.
std::uint16_t weight_at(std::uint64_t offset) {
    const int bits = std::popcount(fingerprint::splitmix64(0x5350'4152'5345, offset)) - 32;
    const float value = (static_cast<float>(bits) + 0.5F) * 0.005F;
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}

}  // namespace

std::uint64_t data_start_of(const Transformer& model, FileFormat format) {
    return header_of(model, format).size();
}

Result<void> write_sparse_model(int file, const Transformer& model, FileFormat format) {
    const Bytes header = header_of(model, format);
    std::uint64_t size = header.size();
    for (const NamedShape& tensor : tensors_of(model))
        size += tensor.bytes();
    if (::pwrite(file, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size()) ||
        ::ftruncate(file, static_cast<off_t>(size)) != 0)
        return fail_errno("write a sparse model");
    return {};
}

Result<void> FillingSource::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    if (auto read = source_.read(offset, into); !read) return read;
    if (offset < data_start_) return {};
    for (std::size_t i = 0; i < into.size(); ++i) {
        const std::uint64_t place = offset + i - data_start_;
        into[i] = static_cast<std::uint8_t>(weight_at(place & ~std::uint64_t{1}) >> (place & 1) * 8);
    }
    if (::pwrite(file_, into.data(), into.size(), static_cast<off_t>(offset)) !=
        static_cast<ssize_t>(into.size()))
        return fail_errno("fill a sparse model");
    return {};
}

}  // namespace modelward::bench
