// The channel with every peer: greeting, four ordered streams in each direction, outbox, acknowledgement, retry, and
// an effect exactly once across restarts of either side (protocol.md section 2, docs/spec/frames.md). The rules are in
// protocol/channel/; this class gives them a database, a transport and a time.
//
// Sending. enqueue() stores a body in the outbox, inside the transaction of the event that caused it. number() gives
// the waiting bodies their numbers at the end of the group, so that both are durable together; after the commit
// transmit() seals and signs what is due and hands it to the transport, again and again until the peer acknowledges.
// An acknowledgement means that the peer committed; only then is the body deleted.
//
// Receiving. received() checks a frame from the outside in (network, sender, recipient, signature, number, seal) and
// applies it only when its number is the next of its stream. The number is stored in the transaction of the effects,
// so a frame that comes twice, or again after a crash, is acknowledged and not applied.
//
// A frame whose handler fails is not lost and does not stop the stream: it goes to the dead letters, visible to the
// administrator, and blocks only later frames with the same subject.
//
// Who hears what. Between members under the same version of the convenant everything passes, as long as it is in force.
// Between members of which one has not taken the other's version, and to and from former members, protective and control
// frames pass and nothing else (docs/spec/membership.md): a node that hears of a higher version takes it before it says
// anything more. Who is left out loses all other streams, in both directions; they begin anew should it come back.
//
// A hostile peer can send frames that are refused (counted by reason, never applied), messages that become dead letters
// (at most `dead_letter_limit` open ones a peer; past it its frames are no longer taken), and silence. It cannot reach
// another pair's streams: sender and recipient stand under the signature, and the transport names the owner of the
// connection.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "crypto/guarded.h"
#include "node/core/keys.h"
#include "node/core/membership.h"
#include "node/core/service.h"
#include "protocol/channel/frame.h"
#include "protocol/channel/greeting.h"
#include "protocol/channel/messages.h"
#include "protocol/channel/streams.h"

namespace knoop {

/// What the channel did and refused since start; shown by `knoop status` and as metrics.
struct ChannelCounters {
  std::map<ErrorCode, std::uint64_t> refused;
  std::uint64_t applied = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t transmitted = 0;
};

/// The state of one link as `knoop peer show` prints it.
struct PeerState {
  bool connected = false;
  bool ready = false;  ///< The peer's Hello was believed and in order, and both hold the same convenant.
  std::optional<Timestamp> last_heard;
  std::uint64_t queued = 0;        ///< Bodies that the peer has not acknowledged.
  std::uint64_t dead_letters = 0;  ///< Open ones.
  std::optional<Error> trouble;    ///< Why nothing moves, when nothing moves.
  std::optional<PresharedKeyId> preshared;
  std::optional<Milliseconds> clock_ahead;  ///< Of ours, by its last Hello.
  bool former = false;                      ///< Only what is protective passes.
  std::optional<std::uint32_t> convenant;   ///< The version that it holds, by its last Hello.
  std::uint64_t voided = 0;                 ///< Messages to it that will not be sent any more.
};

class Channel {
 public:
  static constexpr std::uint64_t dead_letter_limit = 1000;

  struct Parts {
    const NodeKeys& keys;
    const Membership& membership;
    Entropy& entropy;
    Transport& transport;
    SpokenVersions versions = {};
  };
  explicit Channel(const Parts& parts) : parts_(parts) {}

  /// Takes up the streams with every peer, and opens those with new ones. At start and when the membership changed. After
  /// a new convenant every peer is greeted anew, so that it hears which one we hold.
  Result<void> load(storage::Transaction& tx, Timestamp clock);

  /// What waits for this member and is not protective becomes void, and its streams end. Gives how many messages.
  Result<std::uint64_t> leave(Context& context, const MemberId& member);

  /// This node was restored and opened its next log: streams with every peer begin anew, in both directions. Of what waits
  /// only withdrawals and what else is protective by what it says is sent again; the rest becomes void, since it may have
  /// arrived. Gives how many. Follow it by reload(), the last thing that the event does.
  Result<std::uint64_t> renew_all(Context& context);
  /// Takes up all streams as they are stored, and greets everybody anew.
  Result<void> reload(storage::Transaction& tx, Timestamp clock);
  /// A Hello of this member was believed since this node started, whatever came of it: it told which of our heads it knows.
  [[nodiscard]] bool told_heads(const MemberId& member) const { return told_.contains(member); }
  void distrust(const MemberId& member);
  /// By what some peer says of our streams this node was restored.
  [[nodiscard]] bool set_back() const;

  Result<void> enqueue(Context& context, const MemberId& to, MessageType type,
                       const std::optional<SubjectId>& subject, Bytes body);

  /// Looks at every message of this type and subject that the member has not acknowledged, and puts what `look` gives in
  /// its place, under the same number: for what must not leave any more. What was transmitted already may have arrived.
  Result<void> take_back(Context& context, const MemberId& from, MessageType type, const SubjectId& subject,
                         const std::function<Result<std::optional<Bytes>>(ByteView)>& look);

  /// The preshared key of the pair with this member, or null.
  [[nodiscard]] const PresharedKey* preshared(const MemberId& member) const;
  [[nodiscard]] std::optional<PresharedKeyId> preshared_id(const MemberId& member) const;
  /// Makes this the pair's key, or removes it, and greets the peer anew under what is now.
  Result<void> set_preshared(Context& context, const MemberId& member, std::optional<PresharedKey> key);

  void link_up(const MemberId& member, Timestamp now);
  /// The clock was set back, or is in doubt: nothing waits for a time that is far away now, and in doubt every peer is
  /// greeted anew, because its Hello says what time it has.
  void clock_changed(Timestamp now, bool doubted);
  void link_down(const MemberId& member);

  /// Checks and applies one frame inside the transaction of `context`. An Error means that the frame was refused and
  /// nothing changed; refusals are counted here.
  Result<void> received(Context& context, const Dispatcher& dispatcher, const MemberId& from, ByteView bytes);
  struct Heard {
    MemberId member;
    bool ready = false;  ///< For everything.
  };
  /// Members whose Hello was believed since this was last asked.
  [[nodiscard]] std::vector<Heard> take_heard() { return std::exchange(newly_heard_, {}); }
  [[nodiscard]] std::optional<ConvenantMark> convenant_of(const MemberId& member) const;

  /// At the end of a group of events, within it: gives numbers to waiting bodies.
  Result<void> number(storage::Transaction& tx, Timestamp validity);
  /// After the commit: hands what is due to the transport. Reads through `tx` and writes nothing.
  Result<void> transmit(storage::Transaction& tx, const Context::Time& time);
  /// When transmit() wants to be called at the latest.
  [[nodiscard]] std::optional<Timestamp> next_due() const;

  /// By both sides' newest offers; nothing before the peer's first Hello was believed.
  [[nodiscard]] Result<std::optional<AgreedVersions>> agreed_versions(storage::Transaction& tx,
                                                                      const MemberId& member) const;
  [[nodiscard]] Result<PeerState> state(storage::Transaction& tx, const MemberId& member) const;
  /// The link is up, the peer's Hello was believed, and nothing stops its streams.
  [[nodiscard]] bool reachable(const MemberId& member) const;
  [[nodiscard]] const ChannelCounters& counters() const { return counters_; }

 private:
  struct Peer {
    PerStream<std::optional<SendStream>> out;
    PerStream<Committed> in;
    Greeting greeting;
    bool connected = false;
    bool accepted = false;  ///< Its Hello was believed on this link, and what it said was in order.
    bool hello_due = false;
    bool ack_due = false;
    bool waiting = true;  ///< The outbox may hold bodies without a number.
    unsigned hello_attempt = 0;
    std::optional<Timestamp> hello_again;
    std::vector<Reseal> reseals;
    std::optional<Timestamp> last_heard;
    std::optional<Milliseconds> clock_ahead;
    std::optional<Error> trouble;
    bool former = false;
    std::optional<ConvenantMark> convenant;  ///< It holds, by its Hello on this link.
    bool level = false;                      ///< That is ours, and it is a member.
    PerStream<bool> in_awaited;              ///< We were restored, and it did not open its new stream yet.
    std::optional<Error> untrusted;          ///< Its log is not believed: only what is protective passes.
    bool says_set_back = false;              ///< Its Hello on this link is ahead of us.
    std::set<MessageType>
        logged;  ///< Refused types that are in the log already: once a link, or it would fill it.
  };

  struct Preshared {
    PresharedKeyId id;
    Guarded<PresharedKey> key;
  };

  Result<Peer> load_peer(storage::Transaction& tx, const MemberId& member, bool former);
  Result<void> load_preshared(storage::Transaction& tx);
  void keep_preshared(const MemberId& member, PresharedKey key);
  /// Begins the greeting again: nothing counts before both believed each other's Hello anew.
  void greet(Peer& peer, Timestamp now);
  Result<void> handle_hello(Context& context, Peer& peer, const MemberId& from, const Hello& hello);
  /// `renewed`: the streams began anew, and the peer is greeted anew because of it.
  Result<void> accept_hello(Context& context, Peer& peer, const MemberId& from, const Hello& hello,
                            bool& renewed);
  [[nodiscard]] Result<AgreedVersions> agree(const OfferedVersions& theirs) const;
  /// Whether the convenants of both allow everything, or only what is protective.
  void take_mark(Peer& peer, const Hello& hello) const;
  /// The member was restored, and showed how its log goes on: the streams of both directions begin anew.
  Result<void> renew(Context& context, Peer& peer, const MemberId& from, const Hello& hello);
  Result<void> load_streams(storage::Transaction& tx, const MemberId& member, Peer& peer);
  /// A frame that this peer may not send now. Logged, which is why it is no Error.
  Result<void> refuse_unlevel(Context& context, Peer& peer, const MemberId& from, MessageType type);
  Result<void> handle_ack(storage::Transaction& tx, Peer& peer, const MemberId& from,
                          const PerStream<Committed>& received, Timestamp now);
  Result<void> handle_control(Context& context, Peer& peer, const MemberId& from, MessageType type,
                              ByteView body);
  Result<void> apply(Context& context, const Dispatcher& dispatcher, Peer& peer, const CheckedFrame& frame,
                     Bytes body);
  Result<std::optional<Error>> run_handler(Context& context, const Dispatcher& dispatcher,
                                           const Received& message);
  Result<std::uint64_t> open_dead_letters(storage::Transaction& tx, const MemberId& member,
                                          const std::optional<SubjectId>& subject) const;

  Result<void> send_hello(storage::Transaction& tx, const MemberId& to, Peer& peer, Timestamp now);
  /// `left`: bytes that may still be transmitted in this turn; what is protective passes all the same.
  Result<void> send_stream(storage::Transaction& tx, const MemberId& to, SendStream& stream, StreamKind kind,
                           std::size_t& left, Timestamp now);
  Result<void> send_frame(const MemberId& to, MessageType type, const std::optional<StreamPosition>& position,
                          const std::optional<SubjectId>& subject, ByteView body, Timestamp now);
  /// Whether a stream may send: protective frames always, others under a convenant in force that both hold.
  [[nodiscard]] bool passes(const Peer& peer, StreamKind kind) const {
    return kind == StreamKind::protective || (in_force_ && peer.level);
  }

  Parts parts_;
  std::map<MemberId, Peer> peers_;
  std::map<MemberId, Preshared> preshared_;
  std::vector<Heard> newly_heard_;
  std::set<MemberId> told_;
  Hash256 greeted_;  ///< The convenant that the last greetings told of.
  std::set<MemberId>
      left_;               ///< Their streams ended: load() reads them anew, also when they are members again.
  bool in_force_ = false;  ///< At the last transmit().
  MemberId first_served_;  ///< By the next transmit(): it had more than one turn holds.
  ChannelCounters counters_;
};

}  // namespace knoop
