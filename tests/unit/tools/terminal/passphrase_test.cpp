#include "tools/terminal/passphrase.h"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace knoop::cli {
namespace {

class Pipe {
 public:
  explicit Pipe(std::string_view content) {
    REQUIRE(::pipe(ends_) == 0);
    REQUIRE(::write(ends_[1], content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::close(ends_[1]);
  }
  ~Pipe() { ::close(ends_[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int fd() const { return ends_[0]; }

 private:
  int ends_[2]{};
};

TEST_CASE("passphrases come from a descriptor, one line for each question") {
  const Pipe pipe("first one\nsecond one");
  PassphraseSource source(pipe.fd());
  CHECK(text_view(source.ask("a")->view()) == "first one");
  CHECK(text_view(source.choose("b")->view()) == "second one");
  CHECK(source.ask("c").error().code == ErrorCode::bad_length);
}

TEST_CASE("an empty or endless passphrase is refused") {
  const Pipe empty("\n");
  CHECK(PassphraseSource(empty.fd()).ask("a").error().code == ErrorCode::bad_length);
  const Pipe endless(std::string(5000, 'x'));
  CHECK(PassphraseSource(endless.fd()).ask("a").error().code == ErrorCode::over_limit);
  CHECK(PassphraseSource(9999).ask("a").error().code == ErrorCode::io_failed);
}

}  // namespace
}  // namespace knoop::cli
