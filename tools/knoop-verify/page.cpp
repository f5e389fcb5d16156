#include "tools/knoop-verify/page.h"

#include <algorithm>

#include "protocol/html.h"

namespace knoop::verifier {
namespace {

using audit::FindingCode;

/// More do not fit on a page; the rest is counted, and `--json` has all.
constexpr std::size_t most_logs = 12;
constexpr std::size_t most_findings = 6;

constexpr std::array checked{
    "Elke regel is heel: zijn velden geven de vingerafdruk die bij de regel staat.",
    "De regels volgen elkaar zonder gat op, en de tijd loopt niet terug.",
    "Het geheel klopt met elk ondertekend hoofd dat is gegeven: er is niets gewijzigd, weggelaten, "
    "verwisseld, tussengevoegd of afgekapt.",
    "Het hoofd is ondertekend door de organisatie van wie het logboek is.",
    "Elke verstrekking heeft eerder in hetzelfde logboek een besluit, een geldige toestemming of grondslag, "
    "en een ontvangstbewijs.",
    "Elk gewist veld heeft een regel die zegt dat, en waarom, het is gewist.",
    "Waar het convenant getuigen noemt en hun kaarten zijn gegeven: genoeg van hen hebben het logboek "
    "bevestigd, "
    "en geen verstrekking wacht daar te lang op.",
    "Een logboek na een herstel begint met het laatste hoofd van het logboek ervoor.",
};
constexpr std::string_view not_said =
    "Dit zegt niet dat alles is vastgelegd: wat een knooppunt nooit in zijn logboek schreef, is aan dat "
    "logboek niet te zien. "
    "Daarvoor zijn de ontvangstbewijzen bij de andere organisatie en de hoofden die getuigen bewaren.";

std::string name_of(const Report& report) {
  if (!report.member_name.empty()) return report.member_name;
  return report.origin ? report.origin->member.hex().substr(0, 16) : report.file;
}

std::string verdict(const Report& report) {
  if (report.unreadable) return "NIET TE LEZEN";
  return report.accepted() ? "IN ORDE" : "NIET IN ORDE";
}

std::string period(const Report& report) {
  if (report.entries == 0) return "-";
  return fmt::format("{} tot en met {}", html::dutch_date(report.first.iso()),
                     html::dutch_date(report.last.iso()));
}

/// What to say of a log that is not accepted: its first bad entry first.
struct Complaint {
  std::string name;
  std::string place;
  std::string what;
};

std::vector<Complaint> complaints(const std::vector<Report>& reports) {
  std::vector<Complaint> out;
  for (const Report& report : reports) {
    if (report.unreadable) {
      out.push_back({name_of(report), "bestand",
                     fmt::format("kon niet worden beoordeeld ({})", report.unreadable->sentence)});
      continue;
    }
    if (const auto* first = report.first_bad())
      out.push_back({name_of(report), first->entry ? fmt::format("regel {}", *first->entry) : "geheel",
                     fmt::format("{}{}", dutch(first->code),
                                 report.findings.size() > 1
                                     ? fmt::format(" Daarna nog {} bevindingen.", report.findings.size() - 1)
                                     : "")});
  }
  return out;
}

std::string conclusion(const std::vector<Report>& reports) {
  const auto bad = std::ranges::count_if(reports, [](const Report& report) { return !report.accepted(); });
  if (bad == 0)
    return reports.size() == 1 ? "Het logboek is in orde."
                               : fmt::format("Alle {} logboeken zijn in orde.", reports.size());
  return reports.size() == 1
             ? "Het logboek is niet in orde."
             : fmt::format("Van de {} logboeken zijn er {} niet in orde.", reports.size(), bad);
}

/// Who vouches for the log besides its owner, in a few words; empty without a convenant.
std::string witnessed(const Report& report) {
  const Witnesses& by = report.witnesses;
  if (!by.asked) return "";
  if (by.named == 0) return "geen getuigen genoemd";
  if (!by.can_be_judged())
    return fmt::format("getuigen niet beoordeeld: kaarten van {} van de {} bekend", by.known, by.named);
  std::string out = by.size == 0 ? "door te weinig getuigen bevestigd"
                                 : fmt::format("bevestigd tot regel {} door {} van {} getuigen ({} nodig)",
                                               by.size, by.by, by.named, by.quorum);
  if (!by.too_few.empty()) {
    const UnwitnessedHead& last = by.too_few.back();
    out += by.too_few.size() == 1
               ? fmt::format("; het hoofd van {} regels (nog) door {}", last.size, last.by)
               : fmt::format("; {} hoofden (nog) door te weinig, het laatste van {} regels door {}",
                             by.too_few.size(), last.size, last.by);
  }
  if (by.waiting > 0) out += fmt::format("; {} verstrekkingen wachten nog op bevestiging", by.waiting);
  return out;
}

/// What a restore cost, in a few words; empty for a first log.
std::string before(const Report& report) {
  if (!report.before) return "";
  const Before& one = *report.before;
  std::string out = fmt::format("gaat na een herstel verder op logboek {}, dat minstens {} regels had",
                                one.incarnation, one.known);
  const auto lost = one.lost();
  if (!lost) return out + "; daarvan is geen uitvoer gegeven";
  if (*lost == 0) return out + "; daarvan is niets verloren gegaan";
  return out + fmt::format("; daarvan zijn er {} verloren gegaan", *lost);
}

bool unconfirmed(const Report& report) {
  return !report.member_confirmed && report.origin;
}
constexpr std::string_view unconfirmed_note =
    "Van wie het logboek is, zegt alleen de uitvoer zelf: controleer opnieuw met het convenant "
    "(--convenant).";

}  // namespace

std::string_view dutch(FindingCode code) {
  switch (code) {
    case FindingCode::bad_value:
      return "In de regel staat een waarde die in geen logboek kan staan.";
    case FindingCode::basis_missing:
      return "Er is verstrekt zonder dat een toestemming of grondslag was vastgelegd.";
    case FindingCode::basis_withdrawn:
      return "Er is verstrekt op een toestemming of grondslag die al was ingetrokken.";
    case FindingCode::decision_missing:
      return "Er is verstrekt zonder besluit dat daarover gaat.";
    case FindingCode::entry_missing:
      return "Deze regel ontbreekt.";
    case FindingCode::entry_out_of_order:
      return "De regel staat niet op zijn plaats: verwisseld of tussengevoegd.";
    case FindingCode::erased_without_entry:
      return "Een veld is weg, en geen latere regel zegt dat het is gewist.";
    case FindingCode::forked:
      return "Vanaf deze regel bestaan er twee verschillende ondertekende geschiedenissen van dit logboek.";
    case FindingCode::incarnation_broken:
      return "Het logboek sluit niet aan op het logboek ervoor.";
    case FindingCode::leaf_differs:
      return "De regel is gewijzigd.";
    case FindingCode::not_opened:
      return "Het logboek begint niet met zijn opening.";
    case FindingCode::origin_differs:
      return "Een ondertekend hoofd is van een ander logboek.";
    case FindingCode::receipt_missing:
      return "Er is verstrekt zonder ontvangstbewijs.";
    case FindingCode::root_differs:
      return "Vanaf deze regel is er een gewijzigd nadat het geheel was ondertekend.";
    case FindingCode::state_missing:
      return "Er is verstrekt op een toestemming van een andere organisatie, zonder te vragen of die nog "
             "gold.";
    case FindingCode::structural_hidden:
      return "Een veld dat altijd te zien moet zijn, is verborgen.";
    case FindingCode::time_decreases:
      return "De regel is ouder dan de regel ervoor.";
    case FindingCode::truncated:
      return "Vanaf deze regel is het einde van het logboek weggelaten.";
    case FindingCode::unsigned_entries:
      return "De laatste regels zijn door geen ondertekend hoofd gedekt.";
    case FindingCode::unwitnessed:
      return "Er is verstrekt, en de getuigen hebben dat niet op tijd bevestigd.";
  }
  return "";
}

std::string page_text(const std::vector<Report>& reports, Timestamp now) {
  std::string out =
      fmt::format("CONTROLE VAN LOGBOEKEN\n{}\n\n{}\n\n", html::dutch_time(now.iso()), conclusion(reports));
  std::size_t shown = 0;
  for (const Report& report : reports) {
    if (++shown > most_logs) break;
    out += fmt::format("{:14} {}\n", verdict(report), name_of(report));
    if (report.origin)
      out += fmt::format(
          "               logboek {}, {} regels, {}\n               {} verstrekkingen, {} wissingen, "
          "vergeleken met {} ondertekende hoofden\n",
          report.origin->incarnation, report.entries, period(report), report.disclosures, report.erasures,
          report.heads);
    for (const std::string& more : {witnessed(report), before(report)})
      if (!more.empty()) out += fmt::format("               {}\n", more);
    if (unconfirmed(report)) out += fmt::format("               {}\n", unconfirmed_note);
  }
  if (reports.size() > most_logs) out += fmt::format("en nog {} logboeken\n", reports.size() - most_logs);
  const auto found = complaints(reports);
  if (!found.empty()) out += "\nEERSTE FOUT\n";
  for (std::size_t i = 0; i < std::min(found.size(), most_findings); ++i)
    out += fmt::format("  {}, {}: {}\n", found[i].name, found[i].place, found[i].what);
  if (found.size() > most_findings)
    out += fmt::format("  en in nog {} logboeken\n", found.size() - most_findings);
  out += "\nWAT IS GECONTROLEERD\n";
  for (const auto* line : checked) out += fmt::format("  - {}\n", line);
  out += fmt::format("\n{}\n", not_said);
  return out;
}

std::string page_html(const std::vector<Report>& reports, Timestamp now) {
  const auto esc = [](std::string_view text) { return html::escaped(text); };
  const bool good = std::ranges::all_of(reports, &Report::accepted);
  std::string body =
      fmt::format("<h1>Controle van logboeken</h1>\n<p class=\"small\">{}</p>\n<p class=\"{}\">{}</p>\n",
                  esc(html::dutch_time(now.iso())), good ? "good" : "bad", esc(conclusion(reports)));
  body +=
      "<table>\n<tr><th>Organisatie</th><th>Oordeel</th><th>Regels</th><th>Periode</th><th>Verstrekkingen</"
      "th>"
      "<th>Wissingen</th><th>Hoofden</th></tr>\n";
  for (std::size_t i = 0; i < std::min(reports.size(), most_logs); ++i) {
    const Report& report = reports[i];
    body += fmt::format(
        "<tr><td>{}{}</td><td "
        "class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        esc(name_of(report)),
        report.origin && report.origin->incarnation > 1
            ? fmt::format(" (logboek {})", report.origin->incarnation)
            : "",
        report.accepted() ? "good" : "bad", esc(verdict(report)), report.entries, esc(period(report)),
        report.disclosures, report.erasures, report.heads);
    for (const std::string& more : {witnessed(report), before(report)})
      if (!more.empty())
        body += fmt::format("<tr><td></td><td colspan=\"6\" class=\"small\">{}</td></tr>\n", esc(more));
  }
  body += "</table>\n";
  if (reports.size() > most_logs)
    body += fmt::format("<p>En nog {} logboeken.</p>\n", reports.size() - most_logs);
  if (std::ranges::any_of(reports, unconfirmed)) body += fmt::format("<p>{}</p>\n", esc(unconfirmed_note));
  const auto found = complaints(reports);
  if (!found.empty()) {
    body += "<h2>Eerste fout</h2>\n<ul>\n";
    for (std::size_t i = 0; i < std::min(found.size(), most_findings); ++i)
      body +=
          fmt::format("<li>{}, {}: {}</li>\n", esc(found[i].name), esc(found[i].place), esc(found[i].what));
    if (found.size() > most_findings)
      body += fmt::format("<li>en in nog {} logboeken</li>\n", found.size() - most_findings);
    body += "</ul>\n";
  }
  body += "<h2>Wat is gecontroleerd</h2>\n<ul>\n";
  for (const auto* line : checked) body += fmt::format("<li>{}</li>\n", esc(line));
  body += fmt::format("</ul>\n<p class=\"small\">{}</p>\n", esc(not_said));
  return html::page("Controle van logboeken", body);
}

}  // namespace knoop::verifier
