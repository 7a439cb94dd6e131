// SPDX-License-Identifier: Apache-2.0
// What kind of text a text is, by its first bytes: what in it is one record.
#pragma once

#include <string_view>

namespace modelward::fingerprint {

enum class TextShape {
    kLines,        // each line is a record: CSV, logs, YAML, source code, plain text
    kRows,         // JSON values, each on a line of its own (JSONL): each is one
    kRowsInArray,  // one JSON array of objects: each object is one
    kDocument,     // another JSON document: each value in it that has no others inside is one
};

// `front` is all of the text, or as much as one wants to look at. JSON whose first value does not end there
// is a document, or an array of objects.
TextShape shape_of_text(std::string_view front);

}  // namespace modelward::fingerprint
