// SPDX-License-Identifier: Apache-2.0
// The dictionaries of a file or stream as text, as far as they have come
// (https://github.com/apache/arrow, format/Message.fbs, DictionaryBatch).
#pragma once

#include <map>

#include "fingerprint/columns/arrow/arrow_batch.h"
#include "fingerprint/columns/cell_reader.h"
#include "fingerprint/containers/allowance.h"

namespace modelward::fingerprint {

class Dictionaries {
  public:
    // All must outlive the object.
    Dictionaries(const ByteSource& source, const ArrowSchema& schema, Allowance& allowance)
        : source_(source), schema_(schema), allowance_(allowance) {}

    // Takes the dictionary in the table at `table`: all of it, or what is added to it. What is wrong with it
    // is said of every batch that needs it, and here, too.
    Result<void> take(const Flatbuffer& message, std::uint64_t table, const BufferPlace& body);

    // That of a field. kInvalid: it has not come. Else what was wrong with it.
    Result<const Dictionary*> of(std::int64_t id) const;

  private:
    Result<void> add(Dictionary& dictionary, const ArrowField& values, const ArrowBatch& batch);

    const ByteSource& source_;
    const ArrowSchema& schema_;
    Allowance& allowance_;
    std::map<std::int64_t, Result<Dictionary>> known_;
    std::size_t held_ = 0;  // bytes of their texts
};

}  // namespace modelward::fingerprint
