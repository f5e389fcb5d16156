// The fields of a log entry: X(enumerator, number, "name"). Numbers below 16 are structural: they name events,
// outcomes and records but no person, are never erased, and are enough to check that every disclosure was decided
// and receipted (R8.2). Numbers from 16 on are those of NEN 7513:2018 that may name a person; each has a commitment
// of its own, so that each can be left out of an export or erased without touching the tree.
// A number is never changed and never used again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace knoop::audit {

#define KNOOP_AUDIT_FIELDS(X)                                                                       \
  X(index, 1, "index")                      /* running number of the entry, from 0, decimal */      \
  X(time, 2, "time")                        /* UTC, "2026-11-21T09:30:00.000Z" */                   \
  X(event, 3, "event")                      /* name from events.h */                                \
  X(outcome, 4, "outcome")                  /* "success", "refused" or "failed" */                  \
  X(decision, 5, "decision")                /* id of a decision, hex */                             \
  X(basis, 6, "basis")                      /* ids of consents or grounds, hex, joined by commas */ \
  X(receipt, 7, "receipt")                  /* hash of a receipt, hex */                            \
  X(peer, 8, "peer")                        /* member id of the other organisation, hex */          \
  X(reference, 9, "reference")              /* earlier entry, head or fields this one is about */   \
  X(action, 16, "action")                   /* "create", "read", "update", "delete", "execute" */   \
  X(user, 17, "user")                       /* who acted */                                         \
  X(responsible, 18, "responsible")         /* on whose behalf */                                   \
  X(role, 19, "role")                       /* in which role */                                     \
  X(client, 20, "client")                   /* own reference of the client */                       \
  X(object, 21, "object")                   /* what was acted on: kind and id */                    \
  X(purpose, 22, "purpose")                 /* why: aanleiding and doel */                          \
  X(authorisation, 23, "authorisation")     /* rule that allowed or refused it */                   \
  X(consent_profile, 24, "consent-profile") /* what the consent said, in short */                   \
  X(emergency, 25, "emergency")             /* "yes" when a barrier was broken in an emergency */   \
  X(source, 26, "source")                   /* where it came from: console, channel, file, timer */ \
  X(detail, 27, "detail")                   /* counts, codes, reasons of a refusal */

enum class Field : std::uint16_t {
#define KNOOP_ENUMERATOR(name, number, text) name = number,
  KNOOP_AUDIT_FIELDS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

struct FieldName {
  Field field;
  std::string_view name;
};

/// All fields in the order of their numbers: the order in which they enter the leaf.
inline constexpr std::array all_fields{
#define KNOOP_NAMED(name, number, text) FieldName{Field::name, text},
    KNOOP_AUDIT_FIELDS(KNOOP_NAMED)
#undef KNOOP_NAMED
};
inline constexpr std::size_t field_count = all_fields.size();

[[nodiscard]] constexpr std::uint16_t number(Field field) {
  return static_cast<std::uint16_t>(field);
}
[[nodiscard]] constexpr bool is_structural(Field field) {
  return number(field) < 16;
}
/// Position in `all_fields`.
[[nodiscard]] constexpr std::size_t slot(Field field) {
  for (std::size_t i = 0; i < field_count; ++i)
    if (all_fields[i].field == field) return i;
  return field_count;
}
[[nodiscard]] constexpr std::string_view to_string(Field field) {
  return all_fields[slot(field)].name;
}
[[nodiscard]] constexpr std::optional<Field> field_from(std::string_view name) {
  for (const FieldName& known : all_fields)
    if (known.name == name) return known.field;
  return std::nullopt;
}
[[nodiscard]] constexpr std::optional<Field> field_from(std::uint16_t wanted) {
  for (const FieldName& known : all_fields)
    if (number(known.field) == wanted) return known.field;
  return std::nullopt;
}

}  // namespace knoop::audit
