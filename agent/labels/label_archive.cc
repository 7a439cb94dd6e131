// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_archive.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

namespace modelward::agent {
namespace {

std::vector<std::uint8_t> pack(const std::vector<std::uint32_t>& numbers) {
    std::vector<std::uint8_t> bytes(numbers.size() * sizeof(std::uint32_t));
    if (!bytes.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
    return bytes;
}

std::vector<std::uint32_t> unpack(std::string_view bytes) {
    std::vector<std::uint32_t> numbers(std::min(bytes.size() / sizeof(std::uint32_t), kArtifactsPerLabel));
    if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(std::uint32_t));
    return numbers;
}

}  // namespace

Result<ArchivedFile> archived_file(int fd) {
    struct statx status{};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0) return fail_errno("statx");
    ArchivedFile file{status.stx_ino, 0};
    if (status.stx_mask & STATX_BTIME)
        file.birth_ns = status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
    return file;
}

Result<LabelArchive> LabelArchive::open(Database& database) {
    auto made = database.script(R"(
CREATE TABLE IF NOT EXISTS labels (inode INTEGER NOT NULL, birth INTEGER NOT NULL, path BLOB NOT NULL,
                                   classes INTEGER NOT NULL, kinds INTEGER NOT NULL, origin INTEGER NOT NULL,
                                   artifacts BLOB NOT NULL, PRIMARY KEY (inode, birth)) WITHOUT ROWID;
)");
    if (!made) return fail(made.error());
    LabelArchive archive(database);
    if (auto loaded = archive.load(); !loaded) return fail(loaded.error());
    return archive;
}

Result<void> LabelArchive::load() {
    auto rows = database_->query("SELECT inode, birth, path, classes, kinds, origin, artifacts FROM labels");
    if (!rows) return fail(rows.error());
    for (;;) {
        auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return {};
        ArchivedLabel archived{rows->text(2), {}};
        archived.label.classes = static_cast<std::uint32_t>(rows->integer(3));
        archived.label.kinds = static_cast<std::uint32_t>(rows->integer(4));
        archived.label.origin = rows->integer(5) == 1 ? LabelOrigin::kConfirmed : LabelOrigin::kDerived;
        archived.label.artifacts = unpack(rows->text(6));
        labels_[{rows->count(0), rows->integer(1)}] = std::move(archived);
    }
}

Result<void> LabelArchive::remember(const ArchivedFile& file, const std::filesystem::path& path,
                                    const Label& label) {
    const std::string& name = path.native();
    auto stored = database_->run(
        "INSERT OR REPLACE INTO labels (inode, birth, path, classes, kinds, origin, artifacts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        file.inode, file.birth_ns, BlobView(reinterpret_cast<const std::uint8_t*>(name.data()), name.size()),
        label.classes, label.kinds, static_cast<std::int64_t>(label.origin), BlobView(pack(label.artifacts)));
    if (!stored) return stored;
    labels_[file] = {path, label};
    return {};
}

Result<void> LabelArchive::forget(const ArchivedFile& file) {
    if (labels_.erase(file) == 0) return {};
    return database_->run("DELETE FROM labels WHERE inode = ? AND birth = ?", file.inode, file.birth_ns);
}

const ArchivedLabel* LabelArchive::find(const ArchivedFile& file) const {
    const auto found = labels_.find(file);
    return found == labels_.end() ? nullptr : &found->second;
}

bool LabelArchive::holds_inode(std::uint64_t inode) const {
    const auto next = labels_.lower_bound({inode, INT64_MIN});
    return next != labels_.end() && next->first.inode == inode;
}

}  // namespace modelward::agent
