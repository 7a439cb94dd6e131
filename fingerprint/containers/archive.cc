// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "fingerprint/containers/before_sandbox.h"

namespace modelward::fingerprint {
namespace {

// Small, because what libarchive keeps while it reads the lists of an archive is only looked at between
// blocks, and a byte of a compressed list may stand for thousands.
constexpr std::size_t kInputBlock = 16 * 1024;

bool enable(struct archive* archive, Wrapping wrapping) {
    const auto filter = [archive](int code) {
        return ::archive_read_append_filter(archive, code) == ARCHIVE_OK &&
               ::archive_read_support_format_raw(archive) == ARCHIVE_OK &&
               ::archive_read_support_format_empty(archive) == ARCHIVE_OK;
    };
    switch (wrapping) {
        case Wrapping::kTar:
            return ::archive_read_support_format_tar(archive) == ARCHIVE_OK;
        case Wrapping::kZip:
            // From front to back: the list at the end would be held whole in memory.
            return ::archive_read_support_format_zip_streamable(archive) == ARCHIVE_OK;
        case Wrapping::k7z:
            return ::archive_read_support_format_7zip(archive) == ARCHIVE_OK;
        case Wrapping::kGzip:
            return filter(ARCHIVE_FILTER_GZIP);
        case Wrapping::kBzip2:
            return filter(ARCHIVE_FILTER_BZIP2);
        case Wrapping::kXz:
            return filter(ARCHIVE_FILTER_XZ);
        case Wrapping::kZstd:
            return filter(ARCHIVE_FILTER_ZSTD);
        case Wrapping::kLz4:
            return filter(ARCHIVE_FILTER_LZ4);
        default:
            return false;
    }
}

}  // namespace

class Archive::Handle {
  public:
    Handle(Wrapping wrapping, ByteStream& input, SourceStream* seekable, const Allowance& allowance)
        : wrapping_(wrapping),
          input_(input),
          seekable_(seekable),
          allowance_(allowance),
          archive_(::archive_read_new()) {}

    bool start() {
        if (!archive_ || !enable(archive_.get(), wrapping_)) return false;
        ::archive_read_set_callback_data(archive_.get(), this);
        ::archive_read_set_read_callback(archive_.get(), on_read);
        if (seekable_ != nullptr) ::archive_read_set_skip_callback(archive_.get(), on_skip);
        if (seekable_ != nullptr && wrapping_ == Wrapping::k7z)
            ::archive_read_set_seek_callback(archive_.get(), on_seek);
        const ArchiveLocale locale;
        // A stream that cannot be decoded from its first byte on passes for an empty one.
        return ::archive_read_open1(archive_.get()) == ARCHIVE_OK && !problem_ &&
               ::archive_errno(archive_.get()) == 0;
    }

    Result<std::optional<ArchiveEntry>> next() {
        const ArchiveLocale locale;
        struct archive_entry* entry = nullptr;
        int outcome;
        do
            outcome = ::archive_read_next_header(archive_.get(), &entry);
        while (outcome == ARCHIVE_RETRY && is_damaged_ && !problem_);
        is_damaged_ = is_damaged_ || outcome == ARCHIVE_RETRY;
        may_resume_ = outcome == ARCHIVE_RETRY && !problem_;
        if (outcome == ARCHIVE_EOF) return std::nullopt;
        if (outcome != ARCHIVE_OK && outcome != ARCHIVE_WARN) {
            if (!problem_ && ::archive_read_has_encrypted_entries(archive_.get()) > 0)
                return fail(ErrorCode::kDenied, "the archive is encrypted");
            return fail(problem());
        }
        return describe(entry);
    }

    Result<std::size_t> read(std::span<std::uint8_t> into) {
        const ArchiveLocale locale;
        const la_ssize_t got = ::archive_read_data(archive_.get(), into.data(), into.size());
        if (got < 0) return fail(problem());
        return static_cast<std::size_t>(got);
    }

    bool may_resume() const { return may_resume_; }

    // What stopped the input, or what libarchive found wrong.
    Error problem() const {
        if (problem_) return *problem_;
        if (::archive_errno(archive_.get()) == ENOMEM)
            return {ErrorCode::kLimit, "the archive needs more memory than this process may use"};
        const char* text = ::archive_error_string(archive_.get());
        return {ErrorCode::kInvalid, text != nullptr ? text : "the archive is broken"};
    }

  private:
    struct Free {
        void operator()(struct archive* archive) const { ::archive_read_free(archive); }
    };

    ArchiveEntry describe(struct archive_entry* entry) {
        ArchiveEntry described;
        described.is_file =
            ::archive_entry_filetype(entry) == AE_IFREG && ::archive_entry_hardlink(entry) == nullptr;
        described.is_encrypted = ::archive_entry_is_data_encrypted(entry) != 0;
        if (::archive_entry_size_is_set(entry) != 0 && ::archive_entry_size(entry) >= 0)
            described.size = static_cast<std::uint64_t>(::archive_entry_size(entry));
        if (described.size && is_stored(entry)) {
            const auto at = static_cast<std::uint64_t>(::archive_filter_bytes(archive_.get(), -1));
            const std::uint64_t end = seekable_->source().size();
            if (at <= end && *described.size <= end - at) described.stored_at = at;
        }
        return described;
    }

    bool is_stored(struct archive_entry* entry) {
        if (seekable_ == nullptr || ::archive_entry_sparse_count(entry) > 0) return false;
        if (wrapping_ == Wrapping::kTar) return true;
        // The one place where libarchive tells the method: "ZIP 1.0 (uncompressed)".
        const char* name = ::archive_format_name(archive_.get());
        return wrapping_ == Wrapping::kZip && name != nullptr &&
               std::string_view(name).ends_with("(uncompressed)") && ::archive_entry_is_encrypted(entry) == 0;
    }

    static la_ssize_t on_read(struct archive*, void* self, const void** block) noexcept {
        return static_cast<Handle*>(self)->give_block(block);
    }
    static la_int64_t on_skip(struct archive*, void* self, la_int64_t wanted) noexcept {
        SourceStream& input = *static_cast<Handle*>(self)->seekable_;
        const std::uint64_t before = input.position();
        const auto length = static_cast<std::uint64_t>(wanted > 0 ? wanted : 0);
        input.seek(length > input.source().size() - before ? input.source().size() : before + length);
        return static_cast<la_int64_t>(input.position() - before);
    }
    static la_int64_t on_seek(struct archive*, void* self, la_int64_t offset, int whence) noexcept {
        SourceStream& input = *static_cast<Handle*>(self)->seekable_;
        std::uint64_t base = 0;
        if (whence == SEEK_CUR) base = input.position();
        if (whence == SEEK_END) base = input.source().size();
        la_int64_t position = 0;
        if (__builtin_add_overflow(static_cast<la_int64_t>(base), offset, &position) || position < 0)
            return ARCHIVE_FATAL;
        input.seek(static_cast<std::uint64_t>(position));
        return static_cast<la_int64_t>(input.position());
    }

    la_ssize_t give_block(const void** block) noexcept {
        try {
            if (!allowance_.has_memory()) {
                problem_ = Error(ErrorCode::kLimit, "the archive needs too much memory");
                return -1;
            }
            const auto got = input_.read(block_);
            if (!got) {
                problem_ = got.error();
                return -1;
            }
            *block = block_.data();
            return static_cast<la_ssize_t>(*got);
        } catch (const std::exception&) {  // memory; nothing may be thrown through libarchive
            ::archive_set_error(archive_.get(), ENOMEM, "out of memory");
            return -1;
        }
    }

    Wrapping wrapping_;
    ByteStream& input_;
    SourceStream* seekable_;
    const Allowance& allowance_;
    std::optional<Error> problem_;
    bool is_damaged_ = false;
    bool may_resume_ = false;
    std::array<std::uint8_t, kInputBlock> block_;
    std::unique_ptr<struct archive, Free> archive_;
};

Archive::Archive(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(Wrapping wrapping, ByteStream& input, SourceStream* seekable,
                                               const Allowance& allowance) {
    auto handle = std::make_unique<Handle>(wrapping, input, seekable, allowance);
    if (!handle->start()) return fail(handle->problem());
    return std::unique_ptr<Archive>(new Archive(std::move(handle)));
}
Result<std::unique_ptr<Archive>> Archive::open(Wrapping wrapping, ByteStream& input,
                                               const Allowance& allowance) {
    return open(wrapping, input, nullptr, allowance);
}
Result<std::unique_ptr<Archive>> Archive::open(Wrapping wrapping, SourceStream& input,
                                               const Allowance& allowance) {
    return open(wrapping, input, &input, allowance);
}

Result<std::optional<ArchiveEntry>> Archive::next() {
    return handle_->next();
}

bool Archive::may_resume() const {
    return handle_->may_resume();
}

Result<std::size_t> Archive::read(std::span<std::uint8_t> into) {
    return handle_->read(into);
}

}  // namespace modelward::fingerprint
