// SPDX-License-Identifier: Apache-2.0
// Binary data written as text: base64 (RFC 4648, both alphabets, with or without line breaks, PEM lines),
// uuencode (POSIX) and hexadecimal digits.
//
// Decoding forgives: what is not of the alphabet ends its line, and the next line is decoded again. A thief
// who breaks one line loses that line, not the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fingerprint/containers/byte_stream.h"
#include "fingerprint/containers/wrapping.h"

namespace modelward::fingerprint {

class TextDecoder {
  public:
    virtual ~TextDecoder() = default;
    // Decodes the next part of the text, however it is cut, and appends what it stands for: at most as many
    // bytes.
    virtual void decode(std::span<const std::uint8_t> text, std::vector<std::uint8_t>& into) = 0;
};

std::unique_ptr<TextDecoder> base64_decoder();    // base64.cc
std::unique_ptr<TextDecoder> uuencode_decoder();  // uuencode.cc
std::unique_ptr<TextDecoder> hex_decoder();       // hex_digits.cc
std::unique_ptr<TextDecoder> text_decoder(Wrapping encoding);

std::optional<Wrapping> identify_text_encoding(std::span<const std::uint8_t> head);

// The bytes that a stream of text stands for.
class DecodedText final : public ByteStream {
  public:
    DecodedText(ByteStream& text, Wrapping encoding) : text_(text), decoder_(text_decoder(encoding)) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override;

  private:
    ByteStream& text_;
    std::unique_ptr<TextDecoder> decoder_;
    std::vector<std::uint8_t> decoded_;
    std::size_t taken_ = 0;  // of decoded_
};

}  // namespace modelward::fingerprint
