// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/copying_stream.h"

#include <algorithm>

namespace modelward::fingerprint {

Result<std::size_t> CopyingStream::read(std::span<std::uint8_t> into) {
    std::size_t done = 0;
    while (done < into.size() && packed_.ok()) {
        if (next_.literal == 0 && next_.copied == 0) {
            if (packed_.position() == length_) break;
            next_ = next(packed_);
            if (next_.copied != 0 &&
                (next_.distance == 0 || next_.distance > std::min(written_, kWindow + 0UL)))
                packed_.refuse(ErrorCode::kInvalid, "a copy of bytes that are too far back");
            continue;
        }
        std::uint64_t& left = next_.literal != 0 ? next_.literal : next_.copied;
        const auto piece = into.subspan(done, std::min<std::uint64_t>({left, into.size() - done, kWindow}));
        if (next_.literal != 0) {
            packed_.take(piece);
            remember(piece);
        } else {
            copy(piece);
        }
        left -= piece.size();
        done += piece.size();
    }
    if (!packed_.ok()) return fail(packed_.error());
    return done;
}

void CopyingStream::copy(std::span<std::uint8_t> into) {
    for (std::uint8_t& byte : into) {
        byte = window_[(written_ - next_.distance) % kWindow];
        window_[written_++ % kWindow] = byte;
    }
}

void CopyingStream::remember(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const std::size_t at = written_ % kWindow;
        const auto piece = bytes.first(std::min(bytes.size(), kWindow - at));
        std::ranges::copy(piece, window_.begin() + static_cast<std::ptrdiff_t>(at));
        written_ += piece.size();
        bytes = bytes.subspan(piece.size());
    }
}

}  // namespace modelward::fingerprint
