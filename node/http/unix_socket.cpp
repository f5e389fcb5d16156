#include "node/http/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace knoop::http {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, address.sun_path);
  return address;
}

bool somebody_answers(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;
  const sockaddr_un address = address_of(path);
  const int status = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool refused = status != 0 && errno == ECONNREFUSED;
  ::close(fd);
  return !refused;
}

}  // namespace

Result<void> check_socket_path(const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path))
    return fail(
        ErrorCode::over_limit, Side::user,
        "the path of the API's socket is {} characters long, the system allows {}; choose a shorter one",
        path.native().size(), sizeof(sockaddr_un::sun_path) - 1);
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return fail(ErrorCode::not_found, Side::user, "{} is no directory; the API's socket is to lie there",
                directory.string());
  const bool trusted_owner = status.st_uid == ::geteuid() || status.st_uid == 0;
  if (!trusted_owner || (status.st_mode & S_IWOTH) != 0)
    return fail(ErrorCode::forbidden, Side::user,
                "others than this node's user can write to {}; the API's socket needs a directory of its own",
                directory.string());
  return {};
}

Result<void> remove_stale_socket(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return fail(ErrorCode::io_failed, Side::ours, "{} cannot be looked at", path.string());
  }
  if (!S_ISSOCK(status.st_mode) || status.st_uid != ::geteuid())
    return fail(ErrorCode::conflict, Side::user,
                "{} is there and is no socket of this node; remove it by hand", path.string());
  if (somebody_answers(path.native()))
    return fail(ErrorCode::conflict, Side::user, "a node answers at {} already", path.string());
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(ErrorCode::io_failed, Side::ours, "the old socket {} cannot be removed", path.string());
  return {};
}

}  // namespace knoop::http
