// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/whole_files.h"

#include <utility>

#include "fingerprint/range_source.h"
#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

Result<TensorTable> read_file(const ByteSource& file) {
    const auto readers = find_readers(file);
    if (!readers) return fail(readers.error());
    for (const Reader* reader : *readers) {
        auto table = reader->read(file);
        if (!table || table->format != kUnknownFormat) return table;
    }
    return fail(ErrorCode::kInvalid, "is no model file");
}

Result<void> add_file(const ByteSource& source, const JoinedFiles::File& file, TensorNames& names,
                      TensorTable& into) {
    auto table = read_file(RangeSource(source, file.begin, file.bytes));
    if (!table && table.error().code() == ErrorCode::kIo) return fail(table.error());
    if (!table) {
        note_defect(into, table.error().with_context(file.name));
        return {};
    }
    if (into.format == kUnknownFormat) into.format = table->format;
    if (file.begin != 0) into.more_headers.push_back({file.begin, file.begin + table->data_start});
    if (table->defect) note_defect(into, table->defect->with_context(file.name));
    for (Tensor& tensor : table->tensors) {
        if (into.tensors.size() == kMaxTensors) {
            note_defect(into, Error(ErrorCode::kLimit,
                                    "the files have more than " + std::to_string(kMaxTensors) + " tensors"));
            return {};
        }
        shift(tensor, file.begin);
        names.keep(tensor.name)
            .swap(tensor.name);  // assigned, a short name would keep the memory of a long one
        append(into, std::move(tensor));
    }
    return {};
}

}  // namespace

Result<TensorTable> read_whole_files(const ByteSource& source, bool header_too) {
    const JoinedFiles& files = *source.joined();
    TensorNames names;
    TensorTable table{.format = kUnknownFormat, .tensors = {}, .defect = {}};
    if (header_too) {
        const JoinedFiles::File header{"the first file", 0, files.header_bytes()};
        if (auto added = add_file(source, header, names, table); !added) return fail(added.error());
    }
    for (const JoinedFiles::File& file : files.files())
        if (auto added = add_file(source, file, names, table); !added) return fail(added.error());
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

}  // namespace modelward::fingerprint
