// The story of exchange_scene.h with files: SMW attaches, BJZ asks for them.
#pragma once

#include "crypto/hash.h"
#include "node/core/attachment_service.h"
#include "tests/sim/exchange_scene.h"

namespace knoop::sim {

using exchange::AttachmentFacts;
using exchange::AttachmentPiece;
using exchange::AttachmentWanted;
using exchange::piece_size;
using storage::IncomingState;

/// Every node keeps files; those that BJZ takes from others are within `limits`.
inline Region::Services with_attachments(const AttachmentService::Limits& limits = {}) {
  return [limits] {
    auto out = exchange_services();
    ExchangeService* exchange = nullptr;
    for (auto& service : out)
      if (auto* found = dynamic_cast<ExchangeService*>(service.get())) exchange = found;
    auto attachments = std::make_unique<AttachmentService>(*exchange, limits);
    exchange->add_observer(*attachments);
    out.push_back(std::move(attachments));
    return out;
  };
}

inline Bytes a_pdf(std::size_t size) {
  Bytes file = to_bytes(std::string_view("%PDF-1.7\n"));
  file.reserve(size);
  for (std::size_t i = file.size(); i < size; ++i) file.push_back(static_cast<Byte>(i * 7 + i / 251));
  return file;
}

inline ByteView piece_of(const Bytes& file, std::size_t number) {
  const std::size_t at = number * piece_size;
  return ByteView(file).subspan(at, std::min(piece_size, file.size() - at));
}

inline std::vector<Hash256> hashes_of(const Bytes& file) {
  std::vector<Hash256> out;
  for (std::size_t at = 0; at * piece_size < file.size(); ++at) out.push_back(sha256(piece_of(file, at)));
  return out;
}

struct Files : Story {
  explicit Files(std::uint64_t seed, const Region::Services& services = with_attachments())
      : Story(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}, services,
              [](Convenant& convenant) { convenant.may_ask["bjz"].push_back(Category::attachments); }) {}

  static AttachmentService& service(SimNode& node) { return node.node().service<AttachmentService>(); }

  FragmentId attach(const Bytes& file, const std::string& media_type = "application/pdf") {
    const auto id = in(smw(), [&](Context& context) {
      return service(smw()).begin(context, {"smw-een-1", "verslag.pdf", media_type, file.size()});
    });
    for (std::size_t number = 0; number * piece_size < file.size(); ++number)
      in(smw(), [&](Context& context) -> Result<int> {
        KNOOP_TRY(
            service(smw()).put(context, id, static_cast<std::uint32_t>(number), piece_of(file, number)));
        return 0;
      });
    in(smw(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(service(smw()).finish(
          context, id, {"Verslag", "C. Jansen", Date::of(context.now), {"jeugdige"}, "", fragment_id(1)}));
      return 0;
    });
    return id;
  }
  /// BJZ asked for files, and SMW offered what it may; the key is on its way.
  ExchangeId release() {
    const ExchangeId exchange = request({known_match(), std::nullopt}, {Category::attachments});
    REQUIRE(until([&] { return release_state(exchange) == ReleaseState::asked; }));
    REQUIRE(answer(exchange).offered);
    return exchange;
  }
  std::optional<AttachmentService::Listed> listed(const ExchangeId& exchange, const FragmentId& fragment) {
    const auto all =
        in(bjz(), [&](Context& context) { return service(bjz()).received_files(context, "bjz-twee-1"); });
    for (const auto& one : all)
      if (one.exchange == exchange && one.fragment == fragment) return one;
    return std::nullopt;
  }
  bool is(const ExchangeId& exchange, const FragmentId& fragment, IncomingState state) {
    const auto found = listed(exchange, fragment);
    return found && found->state == state;
  }
  std::uint32_t have(const ExchangeId& exchange, const FragmentId& fragment) {
    const auto found = listed(exchange, fragment);
    return found ? found->have : 0;
  }
  Result<Bytes> read_piece(const ExchangeId& exchange, const FragmentId& fragment, std::uint32_t number) {
    return bjz().command<Bytes>(
        [&](Context& context) {
          return service(bjz()).received_piece(context, smw().member(), exchange, fragment, number);
        },
        worker);
  }
  Bytes received_file(const ExchangeId& exchange, const FragmentId& fragment) {
    Bytes out;
    for (std::uint32_t number = 0;; ++number) {
      const auto piece = read_piece(exchange, fragment, number);
      if (!piece) break;
      append(out, *piece);
    }
    return out;
  }
  std::int64_t number(SimNode& node, std::string_view sql) {
    return in(node, [&](Context& context) -> Result<std::int64_t> {
      KNOOP_LET(row, context.tx.one(sql));
      return row->get<std::int64_t>(0);
    });
  }
  /// Pieces on BJZ's disk, dropped ones that were not deleted yet included.
  std::int64_t pieces_kept() { return number(bjz(), "SELECT count(*) FROM attachment_pieces"); }
};

}  // namespace knoop::sim
