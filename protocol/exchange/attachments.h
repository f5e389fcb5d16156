// Files that belong to a fragment (F18): PDF and images, at most 50 MiB, in pieces (R4.1, docs/spec/attachments.md).
//
// The fragment says how large the file is and commits to it: SHA-256 over the SHA-256 of each piece. So a release commits to
// the file by committing to the fragment, its receipt covers it, and each piece is checked as it comes: a hostile sender is
// found at its first wrong piece, and nothing of it is kept.
//
// The receiver pulls. It asks for a few pieces, and for more when they came. So nothing leaves before the key of the
// release was used; a break, a restart, or a lost frame costs the pieces under way; and a withdrawal ends it at the next
// question. Pieces travel on the bulk stream, of which at most 16 frames wait for an acknowledgement, and which no other waits
// for.
//
// What a hostile peer can do with names: everything, so a name is cleaned wherever it is shown or becomes a file's.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/result.h"
#include "protocol/exchange/messages.h"

namespace knoop::exchange {

inline constexpr std::uint64_t max_attachment = 50UL * 1024 * 1024;
/// With frame and seal it fits the class of 256 KiB.
inline constexpr std::size_t piece_size = 240UL * 1024;
inline constexpr std::size_t most_pieces = (max_attachment + piece_size - 1) / piece_size;
/// Pieces for one question.
inline constexpr std::uint32_t most_asked = 4;

/// What the content of an F18 fragment says of its file. Nothing: it has none.
struct AttachmentFacts {
  std::string name;        ///< Cleaned.
  std::string media_type;  ///< "application/pdf", "image/jpeg", "image/png".
  std::uint64_t bytes = 0;
  Hash256 root;

  [[nodiscard]] std::uint32_t pieces() const {
    return static_cast<std::uint32_t>((bytes + piece_size - 1) / piece_size);
  }
  /// Of the piece with this number, from 0.
  [[nodiscard]] std::size_t size_of(std::uint32_t number) const {
    return number + 1 < pieces() ? piece_size : static_cast<std::size_t>(bytes - (pieces() - 1) * piece_size);
  }
};
[[nodiscard]] std::optional<AttachmentFacts> attachment_of(const records::Fragment& fragment);
/// A name that is one name of a file and nothing else: no folders, no control or direction characters, none that a file
/// system or a shell takes for more than a letter, no leading dot, at most `longest_file_name` bytes, and the ending of its
/// type, so that no program is shown as a picture.
[[nodiscard]] std::string clean_file_name(std::string_view name, std::string_view media_type);
inline constexpr std::size_t longest_file_name = 150;
/// "application/pdf", "image/jpeg" or "image/png".
[[nodiscard]] bool is_attachable(std::string_view media_type);
/// The content of an F18 fragment with these facts.
[[nodiscard]] std::string attachment_content(const AttachmentFacts& facts, std::string_view description);

/// SHA-256 over the hashes of all pieces, in order.
[[nodiscard]] Hash256 root_of(std::span<const Hash256> pieces);
/// True when a file that begins like this is of this type. A name or a type says nothing: only bytes do.
[[nodiscard]] bool begins_like(std::string_view media_type, ByteView first_piece);

/// Receiver to sender: these pieces next.
struct AttachmentWanted {
  ExchangeId exchange;
  FragmentId fragment;
  std::uint32_t from = 0;
  std::uint32_t count = most_asked;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.fragment, self.from, self.count);
  }
};

/// Sender to receiver. Without bytes: nothing more comes of this file.
struct AttachmentPiece {
  ExchangeId exchange;
  FragmentId fragment;
  std::uint32_t number = 0;
  std::vector<Hash256> hashes;  ///< Of all pieces, with piece 0; else none.
  Bytes bytes;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.fragment, self.number, bounded(self.hashes, most_pieces),
            bounded(self.bytes, piece_size));
  }
};

}  // namespace knoop::exchange
