// SPDX-License-Identifier: Apache-2.0
// Writes rows of JSON, {"id": number, "text": string} a line, as Parquet.
//
//     node as_parquet.mjs NODE_MODULES ROWS CODEC ENCODING OUT
//
// CODEC: UNCOMPRESSED, SNAPPY, GZIP or BROTLI. ENCODING: plain, delta, or dictionary, which is of a third column that
// says "red" or "green" before the text.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [modules, rowsFile, codec, encoding, out] = process.argv.slice(2);
const { parquetWriteBuffer } = await import(pathToFileURL(`${modules}/hyparquet-writer/src/index.js`).href);

const rows = readFileSync(rowsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const encodings = { plain: ["PLAIN", "PLAIN"], delta: ["DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY"] }[encoding] ?? [];
const columnData = [
    { name: "id", data: rows.map((row) => row.id), type: "INT32", encoding: encodings[0] },
    { name: "text", data: rows.map((row) => row.text), type: "STRING", encoding: encodings[1] },
];
if (encoding === "dictionary") columnData.splice(1, 0, { name: "colour", data: rows.map((row) => row.colour), type: "STRING" });
const compressors = { GZIP: (bytes) => gzipSync(bytes), BROTLI: (bytes) => brotliCompressSync(bytes) };
writeFileSync(out, Buffer.from(parquetWriteBuffer({ columnData, codec, compressors, rowGroupSize: 1000 })));
