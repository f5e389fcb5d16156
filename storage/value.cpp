#include "storage/value.h"

#include <cstring>

namespace knoop::storage {
namespace {

std::string_view bytes_of(const Value& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) return *text;
  if (const auto* blob = std::get_if<ByteView>(&cell)) return text_view(*blob);
  return {};
}

}  // namespace

Row::~Row() = default;

Row Row::detached() const {
  std::size_t total = 0;
  for (const Value& cell : cells_) total += bytes_of(cell).size();

  Row out(cells_);
  out.memory_ = std::make_unique<char[]>(total);
  char* to = out.memory_.get();
  for (Value& cell : out.cells_) {
    const std::string_view bytes = bytes_of(cell);
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    const std::string_view copy(to, bytes.size());
    to += bytes.size();
    if (std::holds_alternative<std::string_view>(cell)) cell = copy;
    if (std::holds_alternative<ByteView>(cell)) cell = view(copy);
  }
  return out;
}

}  // namespace knoop::storage
