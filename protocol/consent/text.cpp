#include "protocol/consent/text.h"

#include <algorithm>
#include <array>

#include "crypto/base/utf8.h"
#include "crypto/hash.h"

namespace knoop::consent {
namespace {

constexpr std::string_view line = "..............................";

constexpr std::array<std::string_view, 6> placeholders{"organisatie", "ontvanger",    "doel",
                                                       "rubrieken",   "uitgezonderd", "periode"};

constexpr std::string_view for_parents = R"(TOESTEMMING OM GEGEVENS TE DELEN

U bent in gesprek met {organisatie}. Wat u ons vertelt, houden wij voor ons. Wij delen het alleen met een
ander als u dat goed vindt, of als de wet het toestaat of voorschrijft.

Wij vragen u of wij gegevens mogen geven aan:
  {ontvanger}

Waarvoor:
  {doel}

Welke gegevens:
{rubrieken}

Welke gegevens niet:
{uitgezonderd}

Voor hoe lang:
  {periode}

Wat u moet weten
- U beslist zelf. Zegt u nee, dan krijgt u daarom niet minder hulp van ons.
- U mag ook ja zeggen tegen een deel. Wat u niet noemt, delen wij niet.
- U kunt uw toestemming altijd intrekken. Dat kan mondeling of op papier, en u hoeft niet te zeggen waarom.
  Vanaf dat moment geven wij niets meer. Wij melden het meteen aan wie al iets kreeg; die mag het dan niet
  meer inzien, behalve wat hij al in zijn eigen dossier moest opnemen.
- De ander mag de gegevens alleen hiervoor gebruiken en niet doorgeven.
- U kunt bij ons zien wie wat van uw kind heeft gekregen, en waarom.
- Is uw kind 12 jaar of ouder, dan beslist het mee. Vanaf 16 jaar beslist uw kind zelf.
)";

constexpr std::string_view for_youths = R"(MAGEN WIJ DIT DELEN?

Je praat met iemand van {organisatie}. Wat jij vertelt, blijft bij ons. We delen het alleen met een ander als jij
dat goed vindt, of als het van de wet mag of moet.

We vragen of we iets mogen doorgeven aan:
  {ontvanger}

Waarom:
  {doel}

Wat we dan doorgeven:
{rubrieken}

Wat we niet doorgeven:
{uitgezonderd}

Hoe lang dit geldt:
  {periode}

Goed om te weten
- Jij beslist. Als je nee zegt, helpen we je niet minder.
- Je mag ook ja zeggen tegen een stukje. Wat je niet noemt, delen we niet.
- Je kunt je toestemming altijd intrekken. Zeg het gewoon; je hoeft niet uit te leggen waarom. Daarna geven we niets meer
  door. We vertellen het meteen aan wie al iets kreeg; die mag het dan niet meer lezen, behalve wat al in zijn eigen
  dossier moest.
- De ander mag het alleen hiervoor gebruiken en niet doorvertellen.
- Je kunt bij ons zien wie wat over jou heeft gekregen, en waarom.
- Ben je 12 tot en met 15 jaar, dan beslissen je ouders mee. Vanaf 16 jaar beslis je zelf.
)";

template <typename... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> sentence, Args&&... args) {
  return fail(ErrorCode::bad_value, Side::user, sentence, std::forward<Args>(args)...);
}

std::string_view value_at(std::string_view name, const TextFacts& facts) {
  if (name == "organisatie") return facts.organisation;
  if (name == "ontvanger") return facts.recipient;
  if (name == "doel") return facts.purpose;
  if (name == "rubrieken") return facts.categories;
  if (name == "uitgezonderd") return facts.exclusions;
  return facts.period;
}

/// Calls `text` for what stands between placeholders and `name` for each of them.
template <typename Text, typename Name>
void each_part(std::string_view body, Text text, Name name) {
  while (!body.empty()) {
    const std::size_t open = body.find('{');
    const std::size_t close = open == std::string_view::npos ? open : body.find('}', open);
    text(body.substr(0, close == std::string_view::npos ? close : open));
    if (close == std::string_view::npos) return;
    name(body.substr(open + 1, close - open - 1));
    body.remove_prefix(close + 1);
  }
}

std::string listed(const std::vector<Category>& categories) {
  std::string out;
  for (const Category category : categories)
    out += fmt::format("{}  {} {}", out.empty() ? "" : "\n", to_string(category), facts(category).label);
  return out;
}

}  // namespace

std::span<const ConsentText> built_in_texts() {
  static const std::array texts{ConsentText{"2026-1", std::string(for_parents)},
                                ConsentText{"2026-1-jeugd", std::string(for_youths)}};
  return texts;
}

Hash256 hash_of(const ConsentText& text) {
  std::string bytes = "knoop/v1/consent-text";
  bytes += '\0';
  bytes += text.version;
  bytes += '\0';
  bytes += text.body;
  return sha256(view(bytes));
}

Result<void> check_text(const ConsentText& text) {
  const bool plain = std::ranges::all_of(text.version, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (text.version.empty() || text.version.size() > 50 || !plain)
    return refuse("a version is 1 to 50 of a-z, 0-9, '-' and '.'");
  if (text.body.size() > max_text_bytes) return refuse("a text has at most {} bytes", max_text_bytes);
  if (!is_utf8(text.body) || std::ranges::any_of(text.body, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n') || byte == 0x7f;
      }))
    return refuse("a text is UTF-8 without control characters other than newlines");
  std::vector<std::string_view> named;
  std::optional<std::string> unknown;
  each_part(
      text.body, [](std::string_view) {},
      [&](std::string_view name) {
        named.push_back(name);
        if (std::ranges::find(placeholders, name) == placeholders.end() && !unknown) unknown = name;
      });
  if (unknown) return refuse("the text has a placeholder that is not known");
  for (const std::string_view needed : {"ontvanger", "doel", "rubrieken", "periode"})
    if (std::ranges::find(named, needed) == named.end())
      return refuse("the text does not say {{{}}}: without it nobody knows what is consented to", needed);
  if (text.body.find("intrekken") == std::string::npos)
    return refuse("the text does not say that consent can be withdrawn ('intrekken')");
  return {};
}

TextFacts facts_of(const Consent& consent) {
  TextFacts out;
  if (consent.purpose) out.purpose = dutch(*consent.purpose);
  out.categories = listed(consent.categories);
  if (consent.everything) {
    std::vector<Category> covered;
    for (const CategoryFacts& known : all_categories)
      if (!known.sensitive &&
          std::ranges::find(consent.exclusions, known.category) == consent.exclusions.end())
        covered.push_back(known.category);
    for (const Category category : consent.categories)
      if (std::ranges::find(covered, category) == covered.end()) covered.push_back(category);
    std::ranges::sort(covered);
    out.categories = listed(covered);
  }
  out.exclusions = consent.exclusions.empty() ? "  alle andere" : listed(consent.exclusions);
  if (consent.until)
    out.period = consent.once
                     ? fmt::format("één keer, uiterlijk op {}", dutch(*consent.until))
                     : fmt::format("van {} tot en met {}", dutch(consent.from), dutch(*consent.until));
  return out;
}

std::string print(const ConsentText& text, const TextFacts& facts) {
  std::string out;
  each_part(
      text.body, [&](std::string_view part) { out += part; },
      [&](std::string_view name) {
        const std::string_view value = value_at(name, facts);
        const bool own_lines = name == "rubrieken" || name == "uitgezonderd";
        if (value.empty() && own_lines) out += "  ";
        out += value.empty() ? line : value;
      });
  for (const std::string_view label :
       {"Naam", "Ik ben (jeugdige, ouder met gezag, voogd)", "Datum", "Handtekening"})
    out += fmt::format("\n{}: {}\n", label, line);
  out += fmt::format("\nTekst {}, controlegetal {}\n", text.version, hash_of(text).hex().substr(0, 16));
  return out;
}

std::string_view dutch(Purpose purpose) {
  switch (purpose) {
    case Purpose::handover:
      return "een warme overdracht";
    case Purpose::consult:
      return "een vraag om advies (consult)";
    case Purpose::coordination:
      return "afstemming van de hulp (zorgcoordinatie)";
    case Purpose::conference:
      return "een gesprek met de hulpverleners (casusoverleg)";
    case Purpose::aftercare:
      return "nazorg";
    case Purpose::information:
      return "informatie over de hulp";
  }
  return "";
}

std::string dutch(const Date& day) {
  static constexpr std::array<std::string_view, 12> months{"januari",   "februari", "maart",    "april",
                                                           "mei",       "juni",     "juli",     "augustus",
                                                           "september", "oktober",  "november", "december"};
  return fmt::format("{} {} {}", day.day, months.at(day.month - 1U), day.year);
}

std::string_view dutch(const Giver& giver) {
  if (giver.who != to_string(giver.capacity)) return giver.who;
  switch (giver.capacity) {
    case Capacity::youth:
      return "de jeugdige zelf";
    case Capacity::parent:
      return "een ouder met gezag";
    case Capacity::guardian:
      return "de voogd";
    case Capacity::representative:
      return "de wettelijk vertegenwoordiger";
  }
  return giver.who;
}

}  // namespace knoop::consent
