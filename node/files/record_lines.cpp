#include "node/files/record_lines.h"

#include <nlohmann/json.hpp>

#include "crypto/base/assert.h"

namespace knoop {
namespace {

using Json = nlohmann::ordered_json;
using records::ImportFile;
using records::ImportForm;

std::string cell(const std::string& text) {
  if (text.find_first_of(";\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

/// Values in the order of fields_of(). JSON leaves out what is empty.
std::string row(ImportFile file, const std::vector<std::string>& values, ImportForm form) {
  const auto fields = records::fields_of(file);
  KNOOP_ASSERT(fields.size() == values.size(), "a value for every field");
  if (form == ImportForm::csv) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) out += (i > 0 ? ";" : "") + cell(values[i]);
    return out + "\n";
  }
  Json object = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i].empty()) object[std::string(fields[i])] = values[i];
  return object.dump() + "\n";
}

std::string digits(const std::optional<records::Bsn>& bsn) {
  return bsn ? std::string(bsn->expose()) : std::string();
}
std::string day(const std::optional<Date>& date) {
  return date ? date->iso() : std::string();
}
std::string yes(bool value) {
  return value ? "ja" : "";
}

}  // namespace

std::string record_header(ImportFile file, ImportForm form) {
  if (form == ImportForm::json || file == ImportFile::fragments) return "";
  return fmt::format("{}\n", fmt::join(records::fields_of(file), ";"));
}

std::string client_line(const records::Client& client, const records::ClientExtras& extras, ImportForm form) {
  return row(ImportFile::clients,
             {client.ref, digits(client.bsn), client.given_names, client.prefix, client.surname,
              client.birth_date.iso(), std::string(1, records::to_letter(client.gender)),
              client.address.postcode, client.address.house_number, client.address.addition,
              client.municipality, digits(client.parent1_bsn), digits(client.parent2_bsn),
              yes(extras.marks.secret), yes(extras.marks.institutional), day(extras.deceased)},
             form);
}

std::string involvement_line(std::string_view client_ref, const records::Involvement& involvement,
                             ImportForm form) {
  const records::Professional& who = involvement.professional;
  return row(ImportFile::involvements,
             {std::string(client_ref), std::string(records::to_string(involvement.kind)),
              involvement.from.iso(), involvement.until.iso(), who.name, who.function, who.phone, who.email,
              involvement.reason, day(involvement.closed_on), involvement.closed_why},
             form);
}

std::string fragment_line(std::string_view client_ref, const records::Fragment& fragment) {
  Json object{{"client_ref", client_ref},        {"category", to_string(fragment.category)},
              {"title", fragment.title},         {"nature", records::to_string(fragment.nature)},
              {"author", fragment.author},       {"date", fragment.date.iso()},
              {"text", fragment.text},           {"persons", fragment.persons},
              {"source", fragment.source},       {"schema", fragment.schema},
              {"sensitive", fragment.sensitive}, {"fields", Json::parse(fragment.content)}};
  if (fragment.retention) object["retention"] = to_string(*fragment.retention);
  return object.dump() + "\n";
}

}  // namespace knoop
