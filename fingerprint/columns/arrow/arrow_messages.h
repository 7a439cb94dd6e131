// SPDX-License-Identifier: Apache-2.0
// The messages of Arrow's IPC, as a stream has them one behind the other, and as the footer of a file lists
// them (https://arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess Communication";
// https://github.com/apache/arrow, format/Message.fbs, File.fbs). A file is Feather of version 2, too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "fingerprint/columns/arrow/arrow_batch.h"
#include "fingerprint/range_source.h"

namespace modelward::fingerprint {

inline constexpr std::uint32_t kMostMessageBytes = std::uint32_t{16} << 20;  // without the body
inline constexpr std::uint64_t kMostHeldMetadata = std::uint64_t{4} << 20;

enum class MessageKind : std::uint8_t {
    kNone = 0,
    kSchema = 1,
    kDictionary = 2,
    kBatch = 3
};  // 4, 5: tensors

// Where a message is in its file.
struct MessagePlace {
    BufferPlace metadata;
    std::optional<BufferPlace> body;  // in a file with a footer, that says so
};

// The one that begins at `position`; nothing at the end of the stream. kInvalid: the file ends too early, or
// there is none. kIo.
Result<std::optional<MessagePlace>> find_message(const ByteSource& source, std::uint64_t position);

// The FlatBuffer of a message, or of a footer. Tables point all about: it is held, unless it is large.
class ArrowMetadata final : public ByteSource {
  public:
    static Result<ArrowMetadata> load(const ByteSource& source, const BufferPlace& place);
    std::uint64_t size() const override { return part_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    explicit ArrowMetadata(const RangeSource& part) : part_(part) {}
    RangeSource part_;
    std::vector<std::uint8_t> held_;  // all of it, or nothing
};

// A message as its tables say what it is.
class ArrowMessage {
  public:
    explicit ArrowMessage(const ByteSource& metadata) : tables_(metadata) {}

    const Flatbuffer& tables() const { return tables_; }
    MessageKind kind() const;
    // The schema, the batch or the dictionary.
    std::optional<std::uint64_t> header() const;
    std::uint64_t body_bytes() const;
    // Its buffers are compressed as they were before the format said how.
    bool is_of_experiment() const;

  private:
    std::optional<std::uint64_t> root() const { return tables_.follow(0); }

    Flatbuffer tables_;
};

// Whether bytes begin as a stream of messages does; all of the first one need not be there.
bool begins_as_message(std::span<const std::uint8_t> head);
// Whether one that is a schema begins there.
Result<bool> is_schema_at(const ByteSource& source, std::uint64_t position);

}  // namespace modelward::fingerprint
