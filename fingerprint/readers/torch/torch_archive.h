// SPDX-License-Identifier: Apache-2.0
// The tensors of a zip archive of torch.save (since 1.6), torch.jit.save or torch.package. Every stored
// member
// *.pkl is read; the storages that it names are the stored members FOLDER/data/KEY, FOLDER/STEM/KEY (of
// FOLDER/STEM.pkl) or TOP/.data/KEY.storage. Documented by its code: torch/serialization.py,
// caffe2/serialize/inline_container.h.
#pragma once

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/readers/zip/zip_archive.h"

namespace modelward::fingerprint {

// Adds what is sound, notes what is not, and sets the format when the archive is one of these. Pickles that
// are longer than kMaxHeaderBytes together are read no further. An Error only for kIo.
Result<void> read_torch_archive(const ByteSource& source, const ZipArchive& archive, TensorTable& table);

}  // namespace modelward::fingerprint
