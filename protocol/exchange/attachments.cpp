#include "protocol/exchange/attachments.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "crypto/base/utf8.h"
#include "crypto/hash.h"
#include "protocol/fragments/schema.h"

namespace knoop::exchange {
namespace {

using namespace std::string_view_literals;

struct MediaType {
  std::string_view name;
  std::string_view beginning;
  std::array<std::string_view, 2> endings;  ///< The first is given to a name that has neither.
};
constexpr std::array<MediaType, 3> media_types{
    {{"application/pdf"sv, "%PDF-"sv, {".pdf"sv, ".pdf"sv}},
     {"image/jpeg"sv, "\xFF\xD8\xFF"sv, {".jpg"sv, ".jpeg"sv}},
     {"image/png"sv, "\x89PNG\r\n\x1A\n"sv, {".png"sv, ".png"sv}}}};

const MediaType* find(std::string_view media_type) {
  const auto found = std::ranges::find(media_types, media_type, &MediaType::name);
  return found == media_types.end() ? nullptr : &*found;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool ends_like(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() &&
         std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, lower);
}

/// How many bytes from here must not stand in a name: control characters of one and of two bytes, and characters without
/// width or that turn the direction of what follows (a name "gnp.exe" must not look like "exe.png").
std::size_t hidden(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest[0]);
  if (first < 0x20 || first == 0x7f) return 1;
  if (first == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0) return 2;
  if (rest.size() < 3) return 0;
  const auto second = static_cast<unsigned char>(rest[1]);
  const auto third = static_cast<unsigned char>(rest[2]);
  if (first == 0xE2 && second == 0x80 &&
      ((third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE)))
    return 3;  // U+200B–200F, U+2028–202E
  if (first == 0xE2 && second == 0x81 && third >= 0xA0 && third <= 0xAF) return 3;  // U+2060–206F
  if (first == 0xEF && second == 0xBB && third == 0xBF) return 3;                   // U+FEFF
  return 0;
}

}  // namespace

bool is_attachable(std::string_view media_type) {
  return find(media_type) != nullptr;
}

std::string clean_file_name(std::string_view name, std::string_view media_type) {
  const MediaType* type = find(media_type);
  const auto endings = type == nullptr ? std::array{""sv, ""sv} : type->endings;
  if (!is_utf8(name)) name = {};
  name = name.substr(name.find_last_of("/\\") + 1);  // npos + 1 is 0
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    if (const std::size_t skip = hidden(name.substr(at)); skip > 0) {
      at += skip;
      continue;
    }
    out += "<>:\"|?*"sv.find(name[at]) == std::string_view::npos ? name[at] : '_';
    ++at;
  }
  const auto trim = [&out](std::string_view characters) {
    out.erase(out.find_last_not_of(characters) + 1);
    out.erase(0, std::min(out.find_first_not_of(". -"), out.size()));
  };
  trim(". ");
  std::string_view ending = endings[0];
  for (const std::string_view each : endings)
    if (ends_like(out, each)) {
      ending = each;
      out.resize(out.size() - each.size());
      break;
    }
  if (out.size() > longest_file_name - ending.size()) {
    out.resize(longest_file_name - ending.size());
    while (!out.empty() && !is_utf8(out)) out.pop_back();
  }
  trim(". ");
  if (out.empty()) out = "bijlage";
  return out.append(ending);
}

std::optional<AttachmentFacts> attachment_of(const records::Fragment& fragment) {
  // Only what the first version's schema was checked for: a newer one may mean something else by the same name.
  if (fragment.category != Category::attachments || fragment.schema != 1) return std::nullopt;
  const auto field = [&](std::string_view name) { return fragments::value_at(fragment.content, name); };
  const auto bytes = field("bytes");
  const auto root = field("stukken_sha256");
  if (!bytes || !root) return std::nullopt;
  AttachmentFacts facts{field("bestandsnaam").value_or(""), field("soort").value_or(""), 0, {}};
  const auto read = std::from_chars(bytes->data(), bytes->data() + bytes->size(), facts.bytes);
  const auto hash = Hash256::from_hex(*root);
  if (read.ec != std::errc() || read.ptr != bytes->data() + bytes->size() || !hash) return std::nullopt;
  if (facts.bytes == 0 || facts.bytes > max_attachment) return std::nullopt;
  if (!is_attachable(facts.media_type)) return std::nullopt;
  facts.name = clean_file_name(facts.name, facts.media_type);
  facts.root = *hash;
  return facts;
}

std::string attachment_content(const AttachmentFacts& facts, std::string_view description) {
  return fragments::object_of({{"bestandsnaam", facts.name},
                               {"soort", facts.media_type},
                               {"stukken_sha256", facts.root.hex()},
                               {"omschrijving", std::string(description)}},
                              {{"bytes", static_cast<std::int64_t>(facts.bytes)}});
}

Hash256 root_of(std::span<const Hash256> pieces) {
  Sha256 hash;
  for (const Hash256& piece : pieces) hash.update(piece.view());
  return hash.finish();
}

bool begins_like(std::string_view media_type, ByteView first_piece) {
  const MediaType* type = find(media_type);
  return type != nullptr && text_view(first_piece).starts_with(type->beginning);
}

}  // namespace knoop::exchange
