// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/wrapped_files.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace modelward::fingerprint::testing {
namespace {

la_ssize_t append(struct archive*, void* into, const void* bytes, std::size_t size) {
    const auto* from = static_cast<const std::uint8_t*>(bytes);
    auto& file = *static_cast<Bytes*>(into);
    file.insert(file.end(), from, from + size);
    return static_cast<la_ssize_t>(size);
}

void check(int outcome, struct archive* archive) {
    if (outcome < ARCHIVE_WARN) throw std::runtime_error(::archive_error_string(archive));
}

struct Free {
    void operator()(struct archive* archive) const { ::archive_write_free(archive); }
};
using Writer = std::unique_ptr<struct archive, Free>;

void set_format(struct archive* archive, Wrapping wrapping) {
    switch (wrapping) {
        case Wrapping::kTar:
            return check(::archive_write_set_format_pax(archive), archive);
        case Wrapping::kZip:
            return check(::archive_write_set_format_zip(archive), archive);
        case Wrapping::k7z:
            return check(::archive_write_set_format_7zip(archive), archive);
        case Wrapping::kGzip:
            check(::archive_write_add_filter_gzip(archive), archive);
            break;
        case Wrapping::kBzip2:
            check(::archive_write_add_filter_bzip2(archive), archive);
            break;
        case Wrapping::kXz:
            check(::archive_write_add_filter_xz(archive), archive);
            break;
        case Wrapping::kZstd:
            check(::archive_write_add_filter_zstd(archive), archive);
            break;
        case Wrapping::kLz4:
            check(::archive_write_add_filter_lz4(archive), archive);
            break;
        default:
            throw std::runtime_error("a text encoding");
    }
    check(::archive_write_set_format_raw(archive), archive);
}

void write_entry(struct archive* archive, const std::string& name, const Bytes& content) {
    const std::unique_ptr<struct archive_entry, void (*)(struct archive_entry*)> entry(::archive_entry_new(),
                                                                                       ::archive_entry_free);
    ::archive_entry_set_pathname(entry.get(), name.c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_entry_set_mtime(entry.get(), 1'700'000'000, 0);
    check(::archive_write_header(archive, entry.get()), archive);
    if (::archive_write_data(archive, content.data(), content.size()) < 0)
        throw std::runtime_error(::archive_error_string(archive));
}

void put_lines(Bytes& text, std::size_t line) {
    if (line == 0) return;
    Bytes broken;
    for (std::size_t at = 0; at < text.size(); at += line) {
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
        broken.insert(broken.end(), begin,
                      begin + static_cast<std::ptrdiff_t>(std::min(line, text.size() - at)));
        broken.push_back('\n');
    }
    text = std::move(broken);
}

// The 6-bit groups of the content, the last ones padded with zeros.
std::vector<unsigned> groups_of(std::span<const std::uint8_t> content) {
    std::vector<unsigned> groups;
    for (std::size_t at = 0; at < content.size(); at += 3) {
        unsigned word = 0;
        for (std::size_t i = 0; i < 3; ++i)
            word = word << 8 | (at + i < content.size() ? content[at + i] : 0U);
        for (int shift = 18; shift >= 0; shift -= 6)
            groups.push_back(word >> shift & 63U);
    }
    return groups;
}

}  // namespace

Bytes archive_of(Wrapping wrapping, const Entries& entries, const std::string& options) {
    Bytes file;
    const Writer writer(::archive_write_new());
    set_format(writer.get(), wrapping);
    if (!options.empty()) check(::archive_write_set_options(writer.get(), options.c_str()), writer.get());
    check(::archive_write_set_passphrase(writer.get(), "secret"), writer.get());
    check(::archive_write_set_bytes_in_last_block(writer.get(), 1), writer.get());
    check(::archive_write_open(writer.get(), &file, nullptr, append, nullptr), writer.get());
    for (const auto& [name, content] : entries)
        write_entry(writer.get(), name, content);
    check(::archive_write_close(writer.get()), writer.get());
    return file;
}

Bytes wrapped(Wrapping wrapping, const Bytes& content) {
    switch (wrapping) {
        case Wrapping::kBase64:
            return base64_of(content);
        case Wrapping::kHex:
            return hex_of(content);
        case Wrapping::kUuencode:
            return uuencode_of(content);
        default:
            return archive_of(wrapping, {{"models/gewichte-\xC3\xBC.bin", content}});
    }
}

Bytes base64_of(const Bytes& content, std::size_t line) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Bytes text;
    for (const unsigned group : groups_of(content))
        text.push_back(static_cast<std::uint8_t>(kAlphabet[group]));
    for (std::size_t i = 0; i < (3 - content.size() % 3) % 3; ++i)
        text[text.size() - 1 - i] = '=';
    put_lines(text, line);
    return text;
}

Bytes hex_of(const Bytes& content, std::size_t line) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    Bytes text;
    for (const std::uint8_t byte : content) {
        text.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4]));
        text.push_back(static_cast<std::uint8_t>(kDigits[byte & 15]));
    }
    put_lines(text, line);
    return text;
}

Bytes uuencode_of(const Bytes& content) {
    Bytes text = bytes_of("begin 644 model.bin\n");
    const auto put = [&](unsigned value) {
        text.push_back(static_cast<std::uint8_t>(value == 0 ? '`' : value + 32));
    };
    for (std::size_t at = 0; at < content.size(); at += 45) {
        const auto line = std::span(content).subspan(at, std::min<std::size_t>(45, content.size() - at));
        put(static_cast<unsigned>(line.size()));
        for (const unsigned group : groups_of(line))
            put(group);
        text.push_back('\n');
    }
    const Bytes end = bytes_of("`\nend\n");
    text.insert(text.end(), end.begin(), end.end());
    return text;
}

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace modelward::fingerprint::testing
