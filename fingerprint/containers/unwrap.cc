// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/unwrap.h"

#include <algorithm>
#include <array>

#include "fingerprint/columns/table_rows.h"
#include "fingerprint/containers/archive.h"
#include "fingerprint/containers/content_stream.h"
#include "fingerprint/containers/metered_stream.h"
#include "fingerprint/containers/seven_zip_list.h"
#include "fingerprint/containers/stream_table.h"
#include "fingerprint/containers/text_encoding.h"
#include "fingerprint/range_source.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kDrainBlock = 64 * 1024;

Result<std::optional<Wrapping>> identify(const ByteSource& source) {
    std::array<std::uint8_t, kWrappingHeadBytes> buffer;
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), buffer.size()));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    return identify_wrapping(head);
}

bool has_chunks(const TensorTable& table) {
    return std::ranges::any_of(table.tensors,
                               [](const Tensor& tensor) { return tensor.chunked() != nullptr; });
}

// Functions return an Error for kIo only; other trouble is noted, and the look goes on beside it.
class Look {
  public:
    Look(const CountingSource& file, const WrappingLimits& limits, ContentVisitor* visitor)
        : allowance_(limits, file) {
        if (visitor != nullptr) pieces_.emplace(*visitor);
        visitor_ = visitor;
    }

    // What is wrapped by `wrapping`, which is the depth-th one.
    Result<void> open(Wrapping wrapping, SourceStream& input, int depth) {
        return open(wrapping, {input, &input, nullptr}, depth);
    }

    Unwrapped result() && {
        if (const auto ended = allowance_.ended()) note(found_.unseen, *ended);
        return std::move(found_);
    }

  private:
    // The bytes of something wrapped. One of the two pointers is null.
    struct Input {
        ByteStream& stream;
        SourceStream* seekable;
        ContentStream* passing;
    };

    // Null when none are wanted, or all bytes around this content are being cut.
    ContentPieces* pieces() { return pieces_ && !cuts_around_ ? &*pieces_ : nullptr; }

    Result<void> open(Wrapping wrapping, const Input& input, int depth) {
        if (is_text_encoding(wrapping)) {
            DecodedText text(input.stream, wrapping);
            MeteredStream metered(text, allowance_);
            return look_at(metered, kUnknownSize, depth);
        }
        if (wrapping == Wrapping::k7z) {
            if (const auto checked = check_7z_list(input.seekable->source()); !checked) {
                if (checked.error().code() != ErrorCode::kLimit) return take(checked.error());
                note(found_.unseen, Unseen::kEntries);
                return {};
            }
        }
        auto archive = input.seekable != nullptr ? Archive::open(wrapping, *input.seekable, allowance_)
                                                 : Archive::open(wrapping, input.stream, allowance_);
        if (!archive) return take(archive.error());
        return look_at_entries(**archive, wrapping, input, depth);
    }

    Result<void> look_at_entries(Archive& archive, Wrapping wrapping, const Input& input, int depth) {
        while (allowance_.take_entry()) {
            const auto entry = archive.next();
            if (!entry) {
                if (auto noted = take(entry.error()); !noted || !archive.may_resume()) return noted;
                // Where the damage ends is not known: from here on all bytes are content, entries or not.
                if (input.passing != nullptr) {
                    input.passing->is_content();
                    cuts_around_ = true;
                }
                continue;
            }
            if (!*entry) break;
            if ((*entry)->is_encrypted) note(found_.unseen, Unseen::kEncrypted);
            if (!(*entry)->is_file || (*entry)->is_encrypted) continue;
            if (auto done = look_at_entry(archive, **entry, wrapping, input, depth); !done) return done;
        }
        return {};
    }

    Result<void> look_at_entry(Archive& archive, const ArchiveEntry& entry, Wrapping wrapping,
                               const Input& input, int depth) {
        if (entry.stored_at) {
            const RangeSource bytes(input.seekable->source(), *entry.stored_at, *entry.size);
            return look_at(bytes, depth);
        }
        MeteredStream metered(archive, allowance_);
        if (auto done = look_at(metered, entry.size.value_or(kUnknownSize), depth); !done) return done;
        // Going to the next entry decodes what is left of this one; where that costs, it is counted.
        if (is_single_stream(wrapping) || wrapping == Wrapping::kTar) return {};
        return discard(metered);
    }

    static bool is_left_out(const std::optional<Error>& defect) {
        return defect && (defect->code() == ErrorCode::kUnsupported || defect->code() == ErrorCode::kLimit);
    }

    // What a reader left out of a model, beside the tensors that it found: a small sound one hides no others.
    void note_defect_of(const std::optional<Error>& defect) {
        if (!defect || defect->code() == ErrorCode::kUnavailable) return;  // a stream's, and noted there
        switch (defect->code()) {
            case ErrorCode::kUnsupported:
                return note(found_.unseen, Unseen::kUnsupported);
            case ErrorCode::kLimit:
                return note(found_.unseen, Unseen::kEntries);
            default:
                return note(found_.unseen, Unseen::kCorrupt);
        }
    }

    // Content or wrapping that can be read in place.
    Result<void> look_at(const ByteSource& source, int depth) {
        const auto sampled = sample_file(source, Names::kKept);
        if (!sampled) return fail(sampled.error());
        std::ranges::copy(sampled->tensors, std::back_inserter(found_.tensors));
        if (!allowance_.take_decoded(sampled->decoded_bytes)) return {};
        const auto wrapping = identify(source);
        if (!wrapping) return fail(wrapping.error());
        SourceStream stream(source);
        if (*wrapping && may_open(depth)) return open(**wrapping, stream, depth + 1);
        note_defect_of(sampled->defect);
        if (pieces() == nullptr) return {};
        ContentStream content(stream, std::nullopt, pieces());
        content.is_content();
        const auto done = content.drain();
        end_content(&*sampled);
        if (!done) return take(done.error());
        return look_at_rows(source);
    }

    // A table is the same one in an archive.
    Result<void> look_at_rows(const ByteSource& source) {
        return visit_table_rows(
            source, allowance_, [this](std::string_view canonical) { visitor_->record(canonical); },
            found_.unseen);
    }

    // Content or wrapping that passes by once.
    Result<void> look_at(ByteStream& stream, std::uint64_t size, int depth) {
        PeekableStream input(stream);
        const auto head = input.peek(kWrappingHeadBytes);
        if (!head) return take(head.error());
        const auto wrapping = identify_wrapping(*head);
        if (wrapping == Wrapping::k7z && may_open(depth)) return hold(input, depth);
        if (!wrapping && pieces() != nullptr && begins_as_table(*head)) return hold(input, depth);
        auto table = read_stream_table(input, size, allowance_, found_.unseen);
        if (!table) return take(table.error());
        if (*table && has_chunks(**table)) {
            // Chunks lie in any order: they are read from memory, or not at all.
            const auto most = allowance_.limits().held_bytes;
            const auto held = input.peek(most + 1);
            if (!held) return take(held.error());
            if (held->size() <= most) {
                const MemorySource source(*held);
                return look_at(source, depth);
            }
            note(found_.unseen, Unseen::kSeek);
            std::erase_if((*table)->tensors,
                          [](const Tensor& tensor) { return tensor.chunked() != nullptr; });
        }
        // Other defects are those of a part, which the beginning of a stream is.
        if (*table && is_left_out((*table)->defect) && !(wrapping && may_open(depth)))
            note_defect_of((*table)->defect);
        ContentStream content(input, std::move(*table), pieces());
        if (!wrapping || !may_open(depth)) {
            content.is_content();
        } else {
            const bool before = cuts_around_;
            if (auto done = open(*wrapping, {content, nullptr, &content}, depth + 1); !done) return done;
            cuts_around_ = before;
            content.is_content();  // whatever stands behind the archive, or where it broke off
        }
        const auto done = content.drain();
        if (content.model() != nullptr)
            std::ranges::copy(content.model()->tensors, std::back_inserter(found_.tensors));
        end_content(content.model());
        return done ? Result<void>() : take(done.error());
    }

    // An archive or a table that has to be read from its end, out of a stream: from memory.
    Result<void> hold(PeekableStream& input, int depth) {
        const auto most = allowance_.limits().held_bytes;
        const auto held = input.peek(most + 1);
        if (!held) return take(held.error());
        if (held->size() <= most) {
            const MemorySource source(*held);
            return look_at(source, depth);
        }
        note(found_.unseen, Unseen::kSeek);
        ContentStream content(input, std::nullopt, pieces());
        content.is_content();
        const auto done = content.drain();
        end_content(nullptr);
        return done ? Result<void>() : take(done.error());
    }

    bool may_open(int depth) {
        if (depth < allowance_.limits().wrappings) return true;
        note(found_.unseen, Unseen::kDepth);
        return false;
    }

    void end_content(const SampledFile* model) {
        if (pieces() != nullptr)
            pieces_->finish(model != nullptr ? model->not_evidence : std::vector<ByteRange>{});
    }

    Result<void> discard(ByteStream& stream) {
        std::vector<std::uint8_t> block(kDrainBlock);
        while (true) {
            const auto got = stream.read(block);
            if (!got) return take(got.error());
            if (*got == 0) return {};
        }
    }

    // Notes what an error means. Only kIo ends the look.
    Result<void> take(const Error& error) {
        switch (error.code()) {
            case ErrorCode::kIo:
                return fail(error);
            case ErrorCode::kLimit:
                if (!allowance_.ended()) note(found_.unseen, Unseen::kMemory);
                return {};
            case ErrorCode::kDenied:
                note(found_.unseen, Unseen::kEncrypted);
                return {};
            default:
                note(found_.unseen, Unseen::kCorrupt);
                return {};
        }
    }

    Allowance allowance_;
    ContentVisitor* visitor_ = nullptr;
    std::optional<ContentPieces> pieces_;
    bool cuts_around_ = false;
    Unwrapped found_;
};

}  // namespace

WrappingLimits limits_of(Depth depth) {
    WrappingLimits limits;
    if (depth == Depth::kSampled) {
        limits.decoded_bytes = kMaxSampledBytes;
        limits.decoded_reason = Unseen::kSampled;
    }
    return limits;
}

Result<Unwrapped> unwrap(const ByteSource& file, const WrappingLimits& limits, ContentVisitor* visitor) {
    const auto outermost = identify(file);
    if (!outermost) return fail(outermost.error());
    if (!*outermost) return Unwrapped{};
    const CountingSource counted(file);
    Look look(counted, limits, visitor);
    SourceStream input(counted);
    if (auto done = look.open(**outermost, input, 1); !done) return fail(done.error());
    Unwrapped found = std::move(look).result();
    found.outermost = **outermost;
    return found;
}

}  // namespace modelward::fingerprint
