// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/torch_files.h"

#include <map>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

std::vector<std::uint64_t> contiguous_strides(const std::vector<std::uint64_t>& sizes) {
    std::vector<std::uint64_t> strides(sizes.size(), 1);
    for (std::size_t i = sizes.size(); i-- > 1;)
        strides[i - 1] = strides[i] * sizes[i];
    return strides;
}

std::string storage_type(const std::string& dtype) {
    static const std::map<std::string, std::string> kTypes = {
        {"F32", "FloatStorage"},  {"F16", "HalfStorage"}, {"BF16", "BFloat16Storage"},
        {"F64", "DoubleStorage"}, {"I64", "LongStorage"}, {"U8", "ByteStorage"},
        {"I32", "IntStorage"},    {"I8", "CharStorage"},
    };
    return kTypes.at(dtype);
}

void push_storage(PickleWriter& writer, const TorchStorageSpec& storage) {
    writer.op("(").text("storage").global("torch", storage.type).text(storage.key).text("cpu");
    writer.integer(static_cast<std::int64_t>(storage.elements)).op("tQ");
}

void push_tensor(PickleWriter& writer, const TorchStorageSpec& storage, const TorchViewSpec& view) {
    writer.global("torch._utils", "_rebuild_tensor_v2").op("(");
    push_storage(writer, storage);
    writer.integer(static_cast<std::int64_t>(view.offset)).tuple(view.sizes).tuple(view.strides);
    writer.op("\x89").global("collections", "OrderedDict").op(")RtR");
}

namespace {

std::uint64_t elements_of(const StoredTensor& tensor) {
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : tensor.shape)
        elements *= extent;
    return elements;
}

}  // namespace

Bytes state_dict_pickle(const std::vector<StoredTensor>& tensors) {
    PickleWriter writer;
    writer.global("collections", "OrderedDict").op(")R(");
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        writer.text(tensors[i].name);
        push_tensor(writer, {storage_type(tensors[i].dtype), std::to_string(i), elements_of(tensors[i])},
                    {0, tensors[i].shape, contiguous_strides(tensors[i].shape)});
    }
    return writer.op("u").finish();
}

ZipWriter torch_zip(const std::vector<StoredTensor>& tensors) {
    ZipWriter writer;
    writer.add({.name = "archive/data.pkl", .data = state_dict_pickle(tensors), .sizes_follow = true});
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        writer.add(
            {.name = "archive/data/" + std::to_string(i), .data = tensors[i].data, .sizes_follow = true});
    }
    writer.add({.name = "archive/version", .data = {'3', '\n'}, .sizes_follow = true});
    return writer;
}

Bytes torch_legacy_file(const std::vector<StoredTensor>& tensors, bool little_endian) {
    Bytes file;
    const Bytes magic = {0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19};
    append(file, PickleWriter().op("\x8A\x0A").raw(magic).finish());
    append(file, PickleWriter().integer(1001).finish());
    append(file, PickleWriter()
                     .op("}(")
                     .text("protocol_version")
                     .integer(1001)
                     .text("little_endian")
                     .op(little_endian ? "\x88" : "\x89")
                     .op("u")
                     .finish());
    append(file, state_dict_pickle(tensors));
    PickleWriter keys;
    keys.op("](");
    for (std::size_t i = 0; i < tensors.size(); ++i)
        keys.text(std::to_string(i));
    append(file, keys.op("e").finish());
    for (const StoredTensor& tensor : tensors) {
        append_number(file, elements_of(tensor));
        append(file, tensor.data);
    }
    return file;
}

}  // namespace modelward::fingerprint::testing
