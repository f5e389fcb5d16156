#include "tools/terminal/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace knoop::cli {
namespace {

constexpr Byte interrupt = 0x03;
constexpr Byte end_of_input = 0x04;
constexpr Byte backspace = 0x08;
constexpr Byte kill_line = 0x15;
constexpr Byte rubout = 0x7f;

/// The terminal without echo and line editing, restored when this goes.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    // Signals off as well: an interrupt must not leave the terminal without echo.
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (changed_) (void)::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  [[nodiscard]] bool works() const { return changed_; }

 private:
  int fd_;
  termios before_{};
  bool changed_ = false;
};

tl::unexpected<Error> too_long() {
  return fail(ErrorCode::over_limit, Side::user, "the passphrase is longer than {} bytes",
              Passphrase::longest);
}

void say(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<Passphrase> read_line(int fd) {
  Passphrase line;
  for (;;) {
    Byte byte = 0;
    const ssize_t got = ::read(fd, &byte, 1);
    if (got < 0)
      return fail(ErrorCode::io_failed, Side::user, "the passphrase cannot be read from descriptor {}", fd);
    if (got == 0 || byte == '\n') break;
    if (!line.push(byte)) return too_long();
  }
  if (line.view().empty())
    return fail(ErrorCode::bad_length, Side::user, "descriptor {} holds no passphrase for this", fd);
  return line;
}

}  // namespace

Result<Passphrase> PassphraseSource::ask_terminal(const std::string& prompt) {
  const int fd = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return fail(
        ErrorCode::io_failed, Side::user,
        "there is no terminal to ask a passphrase at; give it with --passphrase-fd or use a key file");
  Result<Passphrase> answer =
      fail(ErrorCode::io_failed, Side::user, "the terminal cannot hide what is typed; use --passphrase-fd");
  {
    const QuietTerminal quiet(fd);
    if (quiet.works()) {
      say(fd, prompt);
      Passphrase line;
      for (;;) {
        Byte byte = 0;
        if (::read(fd, &byte, 1) != 1 || byte == interrupt || byte == end_of_input) {
          answer = fail(ErrorCode::bad_value, Side::user, "cancelled");
          break;
        }
        if (byte == '\n' || byte == '\r') {
          answer = std::move(line);
          break;
        }
        if (byte == backspace || byte == rubout) {
          line.pop();
        } else if (byte == kill_line) {
          line.clear();
        } else if (!line.push(byte)) {
          answer = too_long();
          break;
        }
      }
      say(fd, "\n");
    }
  }
  ::close(fd);
  return answer;
}

Result<Passphrase> PassphraseSource::ask(const std::string& what) {
  return ask_secret(fmt::format("Passphrase of {}: ", what));
}

Result<Passphrase> PassphraseSource::ask_secret(const std::string& prompt) {
  return fd_ >= 0 ? read_line(fd_) : ask_terminal(prompt);
}

Result<Passphrase> PassphraseSource::choose(const std::string& what) {
  if (fd_ >= 0) return read_line(fd_);
  KNOOP_LET(first, ask_terminal(fmt::format("New passphrase for {}: ", what)));
  KNOOP_LET(second, ask_terminal("The same again: "));
  if (!equal_constant_time(first.view(), second.view()))
    return fail(ErrorCode::bad_value, Side::user, "the two passphrases differ; nothing was changed");
  return first;
}

}  // namespace knoop::cli
