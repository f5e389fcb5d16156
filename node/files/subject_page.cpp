#include "node/files/subject_page.h"

#include <map>
#include <nlohmann/json.hpp>

#include "protocol/html.h"

namespace knoop {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(audit::Matter matter) {
  switch (matter) {
    case audit::Matter::shared:
      return "shared";
    case audit::Matter::seen:
      return "seen";
    case audit::Matter::agreed:
      return "agreed";
    case audit::Matter::destroyed:
      return "destroyed";
    case audit::Matter::other:
      return "other";
  }
  return "";
}

Json shared_json(const std::vector<SubjectReport::Shared>& all) {
  Json out = Json::array();
  for (const SubjectReport::Shared& one : all) {
    Json labels = Json::array();
    for (const Category category : one.categories)
      labels.push_back({{"code", to_string(category)}, {"label", facts(category).label}});
    out.push_back({{"organisation", one.organisation},
                   {"at", one.at.iso()},
                   {"categories", std::move(labels)},
                   {"fragments", one.fragments},
                   {"purpose", one.purpose},
                   {"until", one.until.iso()},
                   {"restsOn", one.rests_on},
                   {"after", one.after},
                   {"receipt", one.receipt}});
  }
  return out;
}

Json said_json(const std::vector<SubjectReport::Said>& all) {
  Json out = Json::array();
  for (const SubjectReport::Said& one : all)
    out.push_back({{"at", one.at.iso()}, {"sentence", one.sentence}});
  return out;
}

std::string text(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}
const Json& list(const Json& object, const char* key) {
  static const Json nothing = Json::array();
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : nothing;
}
bool is_urgent(const Json& line) {
  if (!line.is_object()) return false;
  const auto found = line.find("emergency");
  return found != line.end() && *found == true;
}
std::string esc(const std::string& words) {
  return html::escaped(words);
}

void add_shared(std::string& body, const Json& all, std::string_view direction, std::string_view nothing) {
  if (all.empty()) body += fmt::format("<p>{}</p>\n", nothing);
  for (const Json& one : all) {
    std::string what;
    for (const Json& category : list(one, "categories"))
      what += (what.empty() ? "" : ", ") + text(category, "label");
    body += fmt::format(
        "<h3>{}: {} {}</h3>\n<ul>\n<li>Wat: {}</li>\n<li>Waarvoor: {}</li>\n<li>Te gebruiken tot en met "
        "{}</li>\n",
        esc(html::dutch_date(text(one, "at"))), direction, esc(text(one, "organisation")), esc(what),
        esc(text(one, "purpose")), esc(html::dutch_date(text(one, "until"))));
    for (const Json& why : list(one, "restsOn"))
      if (why.is_string())
        body += fmt::format("<li>Waarom mocht dit: {}</li>\n", esc(why.get<std::string>()));
    for (const Json& after : list(one, "after"))
      if (after.is_string()) body += fmt::format("<li>{}</li>\n", esc(after.get<std::string>()));
    body += fmt::format("<li class=\"small\">Ontvangstbewijs: {}</li>\n</ul>\n", esc(text(one, "receipt")));
  }
}

void add_said(std::string& body, const Json& all, std::string_view nothing) {
  if (all.empty()) {
    body += fmt::format("<p>{}</p>\n", nothing);
    return;
  }
  body += "<ul>\n";
  for (const Json& one : all)
    body +=
        fmt::format("<li>{}: {}</li>\n", esc(html::dutch_date(text(one, "at"))), esc(text(one, "sentence")));
  body += "</ul>\n";
}

/// What a reader sees as one thing: the same sentence on one day.
struct Row {
  std::string day;
  std::string words;
  std::string why;
  int times = 0;
};

std::string words_of(const Json& line) {
  std::string out = text(line, "sentence");
  if (const std::string about = text(line, "about"); !about.empty())
    out += fmt::format(" Onderwerp: {}.", about);
  if (is_urgent(line)) out += " Dit was een spoedgeval.";
  return out;
}

template <typename Wanted>
void add_lines(std::string& body, const Json& lines, const Wanted& wanted, std::string_view nothing) {
  std::vector<Row> rows;
  std::map<std::string, std::size_t> known;
  for (const Json& line : lines) {
    if (!wanted(line)) continue;
    Row row{html::dutch_date(text(line, "at")), words_of(line), text(line, "why"), 1};
    const auto [found, fresh] = known.emplace(row.day + '\n' + row.words + '\n' + row.why, rows.size());
    if (fresh)
      rows.push_back(std::move(row));
    else
      ++rows[found->second].times;
  }
  if (rows.empty()) {
    body += fmt::format("<p>{}</p>\n", nothing);
    return;
  }
  body += "<table>\n<tr><th>Datum</th><th>Wat er gebeurde</th><th>Waarom</th></tr>\n";
  for (const Row& row : rows)
    body += fmt::format("<tr><td>{}</td><td>{}{}</td><td>{}</td></tr>\n", esc(row.day), esc(row.words),
                        row.times > 1 ? fmt::format(" ({} keer)", row.times) : "", esc(row.why));
  body += "</table>\n";
}

}  // namespace

std::string subject_report_json(const SubjectReport& report) {
  Json lines = Json::array();
  for (const SubjectReport::Line& line : report.lines)
    lines.push_back({{"log", line.place.incarnation},
                     {"index", line.place.number},
                     {"at", line.at.iso()},
                     {"event", line.event},
                     {"matter", name_of(line.matter)},
                     {"sentence", line.sentence},
                     {"who", line.who},
                     {"about", line.about},
                     {"why", line.why},
                     {"emergency", line.emergency}});
  Json out{{"format", "knoop/subject-report/v1"},
           {"organisation", report.organisation},
           {"client", report.client},
           {"name", report.name},
           {"madeBy", report.made_by},
           {"made", report.made.iso()},
           {"given", shared_json(report.given)},
           {"received", shared_json(report.received)},
           {"consents", said_json(report.consents)},
           {"grounds", said_json(report.grounds)},
           {"restores", said_json(report.restores)},
           {"lines", std::move(lines)}};
  if (report.next) out["next"] = fmt::format("{}:{}", report.next->incarnation, report.next->number);
  return out.dump();
}

std::string subject_report_html(std::string_view json) {
  const Json report = Json::parse(json, nullptr, false);
  const std::string organisation = text(report, "organisation");
  std::string body = fmt::format(
      "<h1>Wie zag of kreeg uw gegevens, en waarom</h1>\n<p>Voor: {}{}<br>Van: {}<br>Gemaakt op {} door "
      "{}</p>\n",
      esc(text(report, "name")),
      text(report, "name").empty() ? esc(text(report, "client"))
                                   : fmt::format(" ({})", esc(text(report, "client"))),
      esc(organisation), esc(html::dutch_time(text(report, "made"))), esc(text(report, "madeBy")));
  body += fmt::format(
      "<p>Dit overzicht gaat over de gegevens die {} over u heeft. Het komt uit een logboek dat niemand "
      "ongemerkt kan "
      "veranderen. Klopt er iets niet, of wilt u iets laten verbeteren of vernietigen? Vraag het aan "
      "{}.</p>\n",
      esc(organisation), esc(organisation));
  if (!list(report, "restores").empty()) add_said(body, list(report, "restores"), "");
  body += "<h2>Dit hebben wij aan anderen gegeven</h2>\n";
  add_shared(body, list(report, "given"), "aan", "Wij hebben geen gegevens over u aan anderen gegeven.");
  body += "<h2>Dit hebben wij van anderen gekregen</h2>\n";
  add_shared(body, list(report, "received"), "van", "Wij hebben geen gegevens over u van anderen gekregen.");
  body += "<h2>Dit is er gezegd over delen</h2>\n";
  add_said(body, list(report, "consents"), "Er is geen toestemming of weigering opgeschreven.");
  if (!list(report, "grounds").empty()) {
    body += "<h2>Dit is zonder toestemming gedeeld</h2>\n";
    add_said(body, list(report, "grounds"), "");
  }
  const Json& lines = list(report, "lines");
  const auto is = [](std::string_view matter) {
    return [matter](const Json& line) { return text(line, "matter") == matter; };
  };
  const auto urgent = [](const Json& line) { return is_urgent(line); };
  if (std::ranges::any_of(lines, urgent)) {
    body += "<h2>Met spoed gelezen</h2>\n";
    add_lines(body, lines, urgent, "");
  }
  body += "<h2>Wie heeft uw gegevens bekeken</h2>\n";
  add_lines(body, lines, is("seen"), "Niemand heeft uw gegevens bekeken.");
  if (std::ranges::any_of(lines, is("destroyed"))) {
    body += "<h2>Wat is vernietigd of op slot gezet</h2>\n";
    add_lines(body, lines, is("destroyed"), "");
  }
  body += "<h2>Wat er verder gebeurde</h2>\n";
  add_lines(
      body, lines, [&](const Json& line) { return !is("seen")(line) && !is("destroyed")(line); },
      "Er is verder niets gebeurd.");
  return html::page("Wie zag of kreeg uw gegevens, en waarom", body);
}

}  // namespace knoop
