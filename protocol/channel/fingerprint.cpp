#include "protocol/channel/fingerprint.h"

#include "crypto/hash.h"

namespace knoop {
namespace {

constexpr std::string_view label = "knoop/v1/fingerprint";

// Dutch words that are easy to say, sorted, no two of which differ in one letter. The order is part of the format.
constexpr std::array<std::string_view, 256> words{
    "aardbei",  "abrikoos", "adelaar",   "ambacht",  "anijs",     "anker",     "appel",     "april",
    "arend",    "asperge",  "avond",     "baken",    "balkon",    "banaan",    "barok",     "bazuin",
    "beker",    "berg",     "bezem",     "biet",     "bijbel",    "bioscoop",  "bizon",     "blad",
    "bliksem",  "bloem",    "boek",      "boom",     "boter",     "brandweer", "brief",     "brug",
    "buidel",   "bureau",   "cactus",    "cement",   "cirkel",    "citroen",   "dadel",     "dageraad",
    "dakpan",   "dambord",  "datum",     "december", "deksel",    "deur",      "diamant",   "dijk",
    "dolfijn",  "domein",   "donder",    "dorp",     "draak",     "droom",     "druif",     "duinpan",
    "dukaat",   "echo",     "eclips",    "eekhoorn", "eend",      "eik",       "eiland",    "emmer",
    "engel",    "ezel",     "fabriek",   "fakkel",   "fanfare",   "fazant",    "februari",  "feest",
    "fiets",    "filter",   "fluit",     "fontein",  "forel",     "fornuis",   "framboos",  "fregat",
    "gang",     "garage",   "gebouw",    "geit",     "gember",    "gitaar",    "glas",      "goud",
    "granaat",  "grint",    "grot",      "haak",     "hagel",     "halte",     "hamer",     "handdoek",
    "haring",   "haven",    "hazelnoot", "hert",     "hijskraan", "hoefijzer", "hommel",    "honing",
    "hooiberg", "hotel",    "huis",      "iglo",     "ijsbeer",   "inkt",      "insect",    "ivoor",
    "jager",    "januari",  "jasmijn",   "jogger",   "juni",      "juweel",    "kaars",     "kabouter",
    "kachel",   "kameel",   "kanarie",   "kapitein", "karton",    "kasteel",   "kelder",    "kerk",
    "kermis",   "ketel",    "kikker",    "klaver",   "klok",      "kogel",     "komkommer", "konijn",
    "koper",    "kraan",    "kreeft",    "krokus",   "kruid",     "kubus",     "kwartel",   "ladder",
    "lampion",  "lantaarn", "lavendel",  "lemmet",   "lepel",     "leraar",    "lichaam",   "lijster",
    "linde",    "luchtbel", "luipaard",  "maan",     "maart",     "magneet",   "makreel",   "mantel",
    "matroos",  "meeuw",    "melk",      "mist",     "moeras",    "molen",     "mossel",    "motor",
    "muziek",   "naald",    "nacht",     "narcis",   "nectar",    "nest",      "neushoorn", "nijlpaard",
    "noot",     "november", "oceaan",    "oever",    "oktober",   "olifant",   "olijf",     "oorlel",
    "orgel",    "otter",    "oven",      "paard",    "paleis",    "panter",    "papaver",   "paprika",
    "parasol",  "parel",    "peer",      "pelikaan", "piano",     "pijl",      "pinguin",   "planeet",
    "plein",    "poort",    "potlood",   "prinses",  "puzzel",    "raam",      "rabarber",  "radijs",
    "ravijn",   "regen",    "reiger",    "ring",     "rivier",    "robijn",    "roos",      "rugzak",
    "saffier",  "sandaal",  "schaap",    "schilder", "schip",     "slang",     "sloep",     "sneeuw",
    "snoek",    "spiegel",  "spinazie",  "spoor",    "station",   "ster",      "stoel",     "strand",
    "suiker",   "tafel",    "tandwiel",  "tapijt",   "tarwe",     "tempel",    "tijger",    "toren",
    "trein",    "trommel",  "tulp",      "tunnel",   "uil",       "vaas",      "varken",    "venster",
    "vesting",  "viool",    "vlinder",   "vulkaan",  "walvis",    "waterval",  "wekker",    "wortel"};

}  // namespace

std::span<const std::string_view, 256> fingerprint_words() {
  return words;
}

Fingerprint fingerprint(FingerprintOf kind, ByteView value) {
  Bytes input = to_bytes(label);
  input.push_back(0);
  input.push_back(static_cast<Byte>(kind));
  append(input, value);
  const Hash256 digest = sha256(input);
  Fingerprint out;
  for (std::size_t i = 0; i < fingerprint_bytes; ++i) {
    if (i > 0) out.words += i % 4 == 0 ? " · " : " ";
    out.words += words[digest.view()[i]];
  }
  for (std::size_t i = 0; i < fingerprint_bytes; i += 2) {
    if (i > 0) out.digits += ' ';
    out.digits += fmt::format("{:05}", digest.view()[i] * 256 + digest.view()[i + 1]);
  }
  return out;
}

}  // namespace knoop
