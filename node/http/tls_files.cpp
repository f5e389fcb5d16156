#include "node/http/tls_files.h"

#include <sys/stat.h>

#include "node/http/web_address.h"

namespace knoop::http {

TlsFiles::Stamps TlsFiles::stamps(const std::filesystem::path& certificate,
                                  const std::filesystem::path& key) {
  Stamps out;
  for (const auto* path : {&certificate, &key}) {
    struct stat about {};
    if (::stat(path->c_str(), &about) != 0) about = {};
    out.push_back({static_cast<std::int64_t>(about.st_ino), about.st_size, about.st_mtim.tv_sec,
                   about.st_mtim.tv_nsec});
  }
  return out;
}

Result<TlsFiles> TlsFiles::open(std::filesystem::path certificate, std::filesystem::path key,
                                std::function<void(const Error&)> on_trouble) {
  // Stamped before it is read: what changes while it is read is looked at again.
  Stamps seen = stamps(certificate, key);
  KNOOP_LET(context, tls_context(certificate, key));
  return TlsFiles(std::move(certificate), std::move(key), std::move(on_trouble), std::move(seen),
                  std::move(context));
}

boost::asio::ssl::context& TlsFiles::current() {
  Stamps now = stamps(certificate_, key_);
  if (now == seen_) return context_;
  seen_ = std::move(now);
  if (auto renewed = tls_context(certificate_, key_); renewed)
    context_ = std::move(*renewed);
  else if (on_trouble_)
    on_trouble_(renewed.error());
  return context_;
}

}  // namespace knoop::http
