// Ed25519 signatures (RFC 8032), always under a label.
//
// What is signed is `label ‖ 0x00 ‖ bytes` (protocol.md section 3, "Inputs"), so that a signature made for
// one purpose says nothing for another: the signature on a frame can never be shown as one on a log head. The
// exception is the C2SP signed note (note.h), whose format fixes the signed bytes; it uses sign_raw and
// verify_raw, and its texts begin with a line that names their kind.
//
// A hostile peer may offer keys and signatures of any form. A key of small order would verify more than its
// owner signed and one outside the prime-order group verifies differently in different programs:
// check_signing_key refuses both and is called wherever a key enters (card, convenant, verifier text). verify
// itself refuses small-order keys, small-order R and S ≥ ℓ (libsodium does; tests hold it to that), so
// signatures cannot be bent into others.
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/keys.h"

namespace knoop {

struct SigningKeyPair {
  SigningPublicKey public_key;
  SigningSecretKey secret_key;
};

/// The pair of a seed (RFC 8032 calls it the private key). The same seed always gives the same pair.
[[nodiscard]] SigningKeyPair signing_key_from_seed(const SigningSeed& seed);
[[nodiscard]] SigningKeyPair new_signing_key(Entropy& entropy);
/// The seed that a secret key was made from, to be wrapped and kept.
[[nodiscard]] SigningSeed seed_of(const SigningSecretKey& key);
[[nodiscard]] SigningPublicKey public_key(const SigningSecretKey& key);

/// Refuses (bad_key) what is not a canonical point of the prime-order group, and the identity.
[[nodiscard]] Result<void> check_signing_key(const SigningPublicKey& key);

/// Signs `label ‖ 0x00 ‖ bytes`. Labels are constants of ours such as "knoop/v1/frame" and hold no zero byte.
[[nodiscard]] Signature sign(const SigningSecretKey& key, std::string_view label, ByteView bytes);
[[nodiscard]] bool verify(const SigningPublicKey& key, std::string_view label, ByteView bytes,
                          const Signature& signature);
/// For documents whose format fixes the signed bytes: signed notes only.
[[nodiscard]] Signature sign_raw(const SigningSecretKey& key, ByteView bytes);
[[nodiscard]] bool verify_raw(const SigningPublicKey& key, ByteView bytes, const Signature& signature);

/// A member id *is* the organisation's public key; these name the change of view.
[[nodiscard]] inline SigningPublicKey organisation_key(const MemberId& member) {
  SigningPublicKey key;
  std::ranges::copy(member.view(), key.data());
  return key;
}
[[nodiscard]] inline MemberId member_id(const SigningPublicKey& organisation_key) {
  MemberId member;
  std::ranges::copy(organisation_key.view(), member.data());
  return member;
}

}  // namespace knoop
