// The closed list of error codes: X(enumerator, "stable-code"). The string is a promise to users, scripts and
// suppliers' systems: it is never changed and never reused. Add a line where its group stands; keep groups sorted.
#pragma once

// One line per code and no more, so that two branches that add one do not collide.
// clang-format off
#define KNOOP_ERROR_CODES(X)                                \
  /* general */                                             \
  X(bad_encoding, "bad-encoding")                           \
  X(bad_format, "bad-format")                               \
  X(bad_length, "bad-length")                               \
  X(bad_value, "bad-value")                                 \
  X(conflict, "conflict")                                   \
  X(forbidden, "forbidden")                                 \
  X(io_failed, "io-failed")                                 \
  X(not_found, "not-found")                                 \
  X(over_limit, "over-limit")                               \
  X(wrong_state, "wrong-state")                             \
  /* crypto */                                              \
  X(bad_key, "bad-key")                                     \
  X(bad_point, "bad-point")                                 \
  X(bad_proof, "bad-proof")                                 \
  X(bad_scalar, "bad-scalar")                               \
  X(bad_signature, "bad-signature")                         \
  X(cannot_open, "cannot-open")                             \
  /* storage */                                             \
  X(damaged_database, "damaged-database")                   \
  X(database_busy, "database-busy")                         \
  X(disk_full, "disk-full")                                 \
  X(newer_schema, "newer-schema")                           \
  X(wrong_passphrase, "wrong-passphrase")                   \
  /* channel and membership */                              \
  X(bad_sequence, "bad-sequence")                           \
  X(clock_unsure, "clock-unsure")                           \
  X(expired, "expired")                                     \
  X(not_a_member, "not-a-member")                           \
  X(psk_differs, "psk-differs")                             \
  X(unknown_version, "unknown-version")                     \
  X(unwitnessed, "unwitnessed")                             \
  X(wrong_network, "wrong-network")                         \
  X(wrong_recipient, "wrong-recipient")                     \
  /* matching */                                            \
  X(quota, "quota")                                         \
  /* consent and exchange */                                \
  X(no_consent, "no-consent")                               \
  X(not_fresh, "not-fresh")                                 \
  /* the API */                                             \
  X(answer_gone, "answer-gone")                             \
  X(changed_meanwhile, "changed-meanwhile")                 \
  X(key_used_again, "key-used-again")                       \
  X(not_signed_in, "not-signed-in")                         \
  X(second_factor_needed, "second-factor-needed")           \
  X(sign_in_refused, "sign-in-refused")                     \
  X(too_many_requests, "too-many-requests")
