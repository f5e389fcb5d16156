// Files of fragments (F18): put in piece by piece, sent to whoever a release gave the fragment, and kept as they come
// (R4.1, docs/spec/attachments.md).
//
// As owner: begin(), put() and finish(); only finish() makes a fragment, so nothing is ever half stored. As sender: answers
// questions for pieces of what was disclosed, and of nothing else; not after a withdrawal, which takes back the pieces under
// way too, and not past the last day. As receiver: asks once a release is opened, and again after every break, from where it
// was. A file is readable when its fragment is and all of it is here; in an emergency also when only the lease closed it. A correction of the fragment brings no second copy.
//
// What a hostile peer can do: ask for what it did not get (refused), ask again and again (one question in a minute for the
// same pieces; at most `most_under_way` pieces wait for it), send a wrong piece, another type of file, or too much (broken:
// nothing of it is kept, and it is logged), send what nobody asked for (not looked at, logged once a day), announce more than
// its share of the disk (waits; `Limits`), send nothing (asked again every two minutes; shown as coming).
// None of that makes a dead letter: those keep the message, and that is what a flood wants.
//
// When the disk is nearly full nothing is asked for, and what waits says disk-full; it goes on by itself.
#pragma once

#include <map>

#include "node/core/exchange_service.h"
#include "storage/attachment_repository.h"

namespace knoop {

class AttachmentService final : public Service, public ReleaseObserver {
 public:
  struct Limits {
    std::uint64_t of_peer = 2ULL << 30U;  ///< Bytes of files that one member may have here.
    std::uint64_t of_all = 20ULL << 30U;  ///< Of all members together.
    std::uint64_t reserve =
        64ULL << 20U;  ///< Bytes of disk that files never take: a withdrawal must always fit.
  };
  /// Files that are being put in at one time.
  static constexpr std::int64_t max_uploads = 20;
  static constexpr std::int64_t coming_at_once = 2;   ///< Of one peer.
  static constexpr std::int64_t most_under_way = 16;  ///< Pieces that one peer has not acknowledged.
  static constexpr Milliseconds asked_again_after{120'000};
  static constexpr Milliseconds answered_again_after{60'000};
  static constexpr Milliseconds room_looked_at_after{600'000};
  static constexpr Milliseconds upload_ends_after{24LL * 3600 * 1000};

  /// `exchange` says what may be read, and must outlive the service.
  explicit AttachmentService(ExchangeService& exchange) : AttachmentService(exchange, Limits{}) {}
  AttachmentService(ExchangeService& exchange, const Limits& limits) : exchange_(exchange), limits_(limits) {}

  void register_handlers(Dispatcher& dispatcher) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;
  Result<void> on_peer_ready(Context& context, const MemberId& peer) override;
  Result<void> on_member_left(Context& context, const MemberId& peer) override;
  Result<void> on_restored(Context& context, const MemberId& peer, Restored who) override;
  Result<void> on_release(Context& context, const ReleaseNews& news) override;

  struct File {
    std::string client;
    std::string name;
    std::string media_type;
    std::uint64_t bytes = 0;
  };
  /// The id that the fragment will have.
  Result<FragmentId> begin(Context& context, const File& file);
  /// Pieces come in order from 0, each of piece_size but the last.
  Result<void> put(Context& context, const FragmentId& upload, std::uint32_t number, ByteView bytes);
  struct Words {
    std::string title;
    std::string author;
    Date date;
    std::vector<std::string> persons;
    std::string description;
    std::optional<FragmentId> parent;
  };
  Result<void> finish(Context& context, const FragmentId& upload, const Words& words);
  Result<void> give_up(Context& context, const FragmentId& upload);

  /// A piece of an own file; the first one is a logged read.
  Result<Bytes> piece(Context& context, const FragmentId& fragment, std::uint32_t number);
  /// Of a peer's, when all of it is here and its fragment may be read.
  Result<Bytes> received_piece(Context& context, const MemberId& peer, const ExchangeId& exchange,
                               const FragmentId& fragment, std::uint32_t number);
  /// The same of a file that is closed because its owner is silent past the lease: an emergency, under the rules of
  /// ExchangeService::received_in_emergency(). All pieces within a quarter of an hour are one reading, and one review.
  Result<Bytes> received_piece_in_emergency(Context& context, const MemberId& peer,
                                            const ExchangeId& exchange, const FragmentId& fragment,
                                            std::uint32_t number, const std::string& reason);
  /// What came, or is to come, about a client with each exchange. Names only of what may be read; a logged read.
  struct Listed {
    MemberId peer;
    ExchangeId exchange;
    FragmentId fragment;
    exchange::AttachmentFacts facts;
    storage::IncomingState state{};
    std::uint32_t have = 0;
    std::string why;
    bool readable = false;
  };
  Result<std::vector<Listed>> received_files(Context& context, const std::string& client);

 private:
  /// `emergency`: the reason; empty: none.
  Result<Bytes> read_piece(Context& context, const MemberId& peer, const ExchangeId& exchange,
                           const FragmentId& fragment, std::uint32_t number, const std::string& emergency);
  Result<void> take_back(Context& context, const ReleaseNews& news);
  Result<void> on_wanted(Context& context, const Received& message);
  Result<void> answer(Context& context, const MemberId& peer, const exchange::AttachmentWanted& wanted);
  Result<void> on_piece(Context& context, const Received& message);
  Result<void> take(Context& context, storage::Incoming& incoming, exchange::AttachmentPiece& piece);
  /// Counted, and logged once a day for each peer; never a dead letter.
  Result<void> refuse(Context& context, const MemberId& peer, std::string_view why);

  /// The readable fragment that this file belongs to, with any exchange; nothing when there is none.
  struct Access {
    ExchangeService::Reading reading = ExchangeService::Reading::closed;
    std::optional<storage::ReceivedFragment> fragment;
  };
  Result<Access> access(Context& context, const storage::Incoming& incoming);
  Result<void> expect(Context& context, const storage::ReceivedFragment& received);
  Result<void> go_on(Context& context);
  Result<void> start_waiting(Context& context);
  Result<std::string> hindrance(Context& context, const storage::Incoming& incoming);
  Result<void> ask(Context& context, storage::Incoming& incoming);
  Result<void> wait(Context& context, storage::Incoming& incoming, std::string why);
  Result<void> end(Context& context, storage::Incoming& incoming, storage::IncomingState state,
                   std::string_view why);

  ExchangeService& exchange_;
  Limits limits_;
  std::map<MemberId, Timestamp> refused_;  ///< When it was last logged.
};

}  // namespace knoop
