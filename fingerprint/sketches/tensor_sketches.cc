// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/tensor_sketches.h"

#include <malloc.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/sketches/eligibility.h"
#include "fingerprint/sketches/projection.h"
#include "fingerprint/sketches/samples.h"

namespace modelward::fingerprint {
namespace {

// Bytes in which the tensor, which is no evidence, is stored.
void add_stored_bytes(const Tensor& tensor, std::vector<ByteRange>& into) {
    if (tensor.chunked() == nullptr) {
        into.push_back({tensor.offset, tensor.offset + tensor.bytes});
        return;
    }
    for (const StoredChunk& chunk : tensor.chunked()->chunks) {
        if (!chunk.is_written()) continue;
        const std::uint64_t begin = tensor.offset + chunk.offset();
        if (!into.empty() && into.back().end == begin)  // most follow each other
            into.back().end += chunk.bytes();
        else
            into.push_back({begin, begin + chunk.bytes()});
    }
}

// And gives their memory back before the sketches want theirs: by itself the C library would keep it.
void drop_names(std::vector<Tensor>& tensors) {
    constexpr std::size_t kMany = 1U << 13;
    for (Tensor& tensor : tensors)
        if (tensor.chunked() == nullptr)
            std::string().swap(tensor.name);  // whose chunks may yet be complained of
    if (tensors.size() > kMany) ::malloc_trim(0);
}

// Of a header that names other files, what is no weight: a graph, which models of one architecture share, and
// in it vectors too short to be evidence.
void add_header(const JoinedFiles& files, const std::vector<Tensor>& tensors, std::vector<ByteRange>& into) {
    std::uint64_t begin = 0;
    for (const Tensor& tensor : tensors) {
        if (tensor.offset >= files.header_bytes()) break;
        if (!has_eligible_shape(tensor)) continue;
        into.push_back({begin, tensor.offset});
        begin = tensor.offset + tensor.bytes;
    }
    if (begin < files.header_bytes()) into.push_back({begin, files.header_bytes()});
}

}  // namespace

bool wants_samples(const Tensor& tensor) {
    return has_eligible_shape(tensor);
}

Result<void> sketch_tensor(const ByteSource& source, const Tensor& tensor, SampledFile& into) {
    TensorSketch entry{{}, tensor.elements, false, {}};
    if (wants_samples(tensor)) {
        const auto samples = read_samples(source, tensor);
        if (!samples) return fail(samples.error());
        if (is_regular(*samples)) {
            add_stored_bytes(tensor, into.not_evidence);
        } else {
            entry.eligible = true;
            entry.sketch = project(*samples);
        }
    }
    into.tensors.push_back(std::move(entry));
    return {};
}

Result<SampledFile> sample_file(const ByteSource& source, Names names, std::size_t most) {
    SampledFile file{.format = kUnknownFormat, .tensors = {}, .table = {}, .not_evidence = {}, .defect = {}};
    const auto readers = find_readers(source);
    if (!readers) return fail(readers.error());
    Result<TensorTable> table{TensorTable{.format = kUnknownFormat, .tensors = {}, .defect = {}}};
    for (const Reader* reader : *readers) {
        file.format = reader->format;  // of one that is broken
        table = reader->read(source);
        if (!table || table->format != kUnknownFormat) break;
    }
    if (!table) {
        if (table.error().code() == ErrorCode::kIo) return fail(table.error());
        file.defect = table.error();
        return file;
    }
    if (table->tensors.size() > most) {
        // Above what else may be wrong: it is our doing.
        table->defect =
            Error(ErrorCode::kLimit, "only the first " + std::to_string(most) + " tensors are looked at");
        table->is_only_compressed = false;
        table->tensors.resize(most);
    }
    read_quant_states(source, *table);
    if (names == Names::kDropped) drop_names(table->tensors);
    file.format = table->format;
    file.defect = std::move(table->defect);
    file.is_only_compressed = table->is_only_compressed;
    if (source.joined() == nullptr)
        file.not_evidence.push_back({0, table->data_start});
    else
        add_header(*source.joined(), table->tensors, file.not_evidence);
    std::ranges::move(table->more_headers, std::back_inserter(file.not_evidence));
    file.tensors.reserve(table->tensors.size());
    file.not_evidence.reserve(file.not_evidence.size() + table->tensors.size());
    std::shared_ptr<const DecodedBytes> decoded;
    for (Tensor& tensor : table->tensors) {
        if (tensor.chunked() != nullptr) decoded = tensor.chunked()->decoded;
        if (auto sketched = sketch_tensor(source, tensor, file); !sketched) {
            if (tensor.chunked() == nullptr || sketched.error().code() == ErrorCode::kIo)
                return fail(sketched.error());
            if (!file.defect) file.defect = sketched.error().with_context("'" + tensor.name + "'");
            file.lacks_chunks = true;
            tensor.elements = 0;
            continue;
        }
        // Held once: there may be as many bytes of names as a header has.
        file.tensors.back().name = std::exchange(tensor.name, {});
    }
    if (decoded) file.decoded_bytes = decoded->done;
    if (file.lacks_chunks)
        std::erase_if(table->tensors, [](const Tensor& tensor) {
            return tensor.chunked() != nullptr && tensor.elements == 0;
        });
    // Chunks lie in any order.
    std::ranges::sort(file.not_evidence, {}, &ByteRange::begin);
    file.table = std::move(table->tensors);
    return file;
}

}  // namespace modelward::fingerprint
