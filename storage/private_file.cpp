#include "storage/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace knoop::storage {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> io_error(std::string_view what, const std::filesystem::path& path) {
  const int reason = errno;
  if (reason == ENOENT) return fail(ErrorCode::not_found, Side::user, "there is no file {}", path.string());
  if (reason == ENOSPC || reason == EDQUOT)
    return fail(ErrorCode::disk_full, Side::ours, "no room to write {}; free disk space", path.string());
  return fail(ErrorCode::io_failed, Side::ours, "cannot {} {}: {}", what, path.string(),
              std::strerror(reason));
}

Result<void> write_all(int fd, ByteView content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", path);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return io_error("write", path);
  return {};
}

}  // namespace

Result<void> write_private_file(const std::filesystem::path& path, ByteView content) {
  const std::filesystem::path full = std::filesystem::absolute(path);
  std::filesystem::path draft = full;
  draft += ".new";
  ::unlink(draft.c_str());  // of an attempt that was cut off
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return io_error("create", draft);
    if (auto written = write_all(file.get(), content, draft); !written) {
      ::unlink(draft.c_str());
      return written;
    }
  }
  // A second name for the finished file: fails when the name is taken, where a rename would overwrite.
  const int linked = ::link(draft.c_str(), full.c_str());
  const int reason = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && reason == EEXIST)
    return fail(ErrorCode::conflict, Side::user, "there is already a file {}; it is left as it is",
                full.string());
  errno = reason;
  if (linked != 0) return io_error("create", full);
  sync_directory(full.parent_path());
  return {};
}

Result<void> append_private_file(const std::filesystem::path& path, std::size_t size, ByteView content) {
  if (content.empty()) return {};
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return io_error("open", path);
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return io_error("write", path);
  if (::lseek(file.get(), 0, SEEK_END) < 0) return io_error("write", path);
  KNOOP_TRY(write_all(file.get(), content, path));
  sync_directory(path.parent_path());
  return {};
}

Result<Bytes> read_small_file(const std::filesystem::path& path, std::size_t most, Readers readers) {
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a named pipe must not hang us
  if (file.get() < 0) return io_error("open", path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return io_error("look at", path);
  if (!S_ISREG(info.st_mode))
    return fail(ErrorCode::bad_value, Side::user, "{} is not an ordinary file", path.string());
  if (readers == Readers::owner_only && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(
        ErrorCode::forbidden, Side::user,
        "{} can be read by others than its owner, so it is no secret: make a new one and `chmod 600` it",
        path.string());
  Bytes content(most + 1);
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most)
    return fail(ErrorCode::over_limit, Side::user, "{} is longer than {} bytes: it is not the file meant",
                path.string(), most);
  content.resize(size);
  return content;
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor fd(
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0)
    ::fsync(fd.get());  // a file system that cannot sync a directory has nothing to lose there
}

}  // namespace knoop::storage
