// The matches that the nodes of a region would list, without nodes: each organisation's files through the import's own
// reading, the identifiers, a join in plain text instead of masked points, and the verdict. Only what the protocol adds
// is left out (order, time, faults), and it may not change the result; so a region is judged in a second.
//
//   offline_matches REGION_DIR MATCHES.csv [--kinds]
//
// Writes what tools/score reads. --kinds adds, for those who look for a missed or wrong pair, all pairs with any common
// identifier to the standard output: organisation;ref;organisation;ref;verdict;kinds.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <unordered_map>

#include "node/files/import_reader.h"
#include "protocol/matching/evidence.h"
#include "protocol/matching/person.h"

namespace knoop {
namespace {

using matching::BsnStatus;
using matching::Identifier;
using matching::KindSet;
using records::ImportFile;

struct Organisation {
  std::string id;
  std::map<std::string, records::Client> clients;  // by reference
  std::map<std::string, std::vector<Identifier>> involved;
};

template <typename Visit>
void each_row(const std::filesystem::path& path, ImportFile file, Visit visit) {
  const auto read =
      read_import_file(path, file, {}, [&](std::vector<records::RawRow>&& rows) -> Result<void> {
        for (const auto& row : rows)
          if (!row.problem) visit(row.fields);
        return {};
      });
  if (!read) throw std::runtime_error(read.error().sentence);
}

std::vector<std::string> organisations_of(const std::filesystem::path& region) {
  std::ifstream file(region / "organisations.csv");
  std::string line;
  std::getline(file, line);
  std::vector<std::string> out;
  while (std::getline(file, line)) out.push_back(line.substr(0, line.find(';')));
  if (out.empty())
    throw std::runtime_error((region / "organisations.csv").string() + " names no organisation");
  return out;
}

// The day on which the files were written: nobody exports an involvement before it begins.
Date last_start(const std::filesystem::path& region, const std::vector<std::string>& organisations) {
  Date last{1970, 1, 1};
  for (const auto& id : organisations)
    each_row(region / id / "involvements.csv", ImportFile::involvements, [&](const auto& fields) {
      if (const auto row = records::involvement_from(fields, Date{2100, 1, 1}))
        last = std::max(last, row->from);
    });
  return last;
}

Organisation read_organisation(const std::filesystem::path& region, std::string id, Date today) {
  Organisation out{std::move(id), {}, {}};
  std::map<Bytes, unsigned> at_address;
  each_row(region / out.id / "clients.csv", ImportFile::clients, [&](const auto& fields) {
    auto client = records::client_from(fields, today);
    if (!client) return;
    if (const auto address = matching::address_of(matching::person_of(*client))) ++at_address[*address];
    out.clients.insert_or_assign(client->ref, *client);
  });
  each_row(region / out.id / "involvements.csv", ImportFile::involvements, [&](const auto& fields) {
    const auto row = records::involvement_from(fields, today);
    const auto client = out.clients.find(records::client_ref_of(fields));
    if (!row || !row->active(today) || client == out.clients.end()) return;
    auto person = matching::person_of(client->second);
    if (const auto address = matching::address_of(person)) person.clients_at_address = at_address[*address];
    out.involved[client->first] = matching::identifiers_of(person);
  });
  return out;
}

BsnStatus status_of(const records::Client& client) {
  return matching::has_bsn(matching::person_of(client)) ? BsnStatus::registered : BsnStatus::none;
}

int run(const std::filesystem::path& region, const char* to, bool show_kinds) {
  const auto names = organisations_of(region);
  const Date today = last_start(region, names);
  std::vector<Organisation> organisations;
  for (const auto& name : names) organisations.push_back(read_organisation(region, name, today));

  std::ofstream out(to);
  out << "organisation_a;client_ref_a;organisation_b;client_ref_b;kind\n";
  std::size_t clients = 0;
  std::size_t identifiers = 0;
  for (auto a = organisations.begin(); a != organisations.end(); ++a) {
    std::map<Identifier, std::vector<std::string>> of_a;
    for (const auto& [ref, listed] : a->involved) {
      ++clients;
      identifiers += listed.size();
      for (const auto& identifier : listed) of_a[identifier].push_back(ref);
    }
    for (auto b = a + 1; b != organisations.end(); ++b)
      for (const auto& [ref_b, listed] : b->involved) {
        std::map<std::string, KindSet> common;
        for (const auto& identifier : listed)
          if (const auto found = of_a.find(identifier); found != of_a.end())
            for (const auto& ref_a : found->second) common[ref_a].add(identifier.kind);
        for (const auto& [ref_a, kinds] : common) {
          const auto verdict =
              verdict_of(kinds, status_of(a->clients.at(ref_a)), status_of(b->clients.at(ref_b)));
          if (verdict != matching::Verdict::none)
            out << a->id << ';' << ref_a << ';' << b->id << ';' << ref_b << ';' << to_string(verdict) << '\n';
          if (!show_kinds) continue;
          std::cout << a->id << ';' << ref_a << ';' << b->id << ';' << ref_b << ';' << to_string(verdict)
                    << ';';
          for (const auto kind : matching::all_kinds())
            if (kinds.has(kind)) std::cout << to_string(kind) << ' ';
          std::cout << '\n';
        }
      }
  }
  std::cerr << clients << " involved clients, " << identifiers << " identifiers, "
            << static_cast<double>(identifiers) / static_cast<double>(std::max<std::size_t>(clients, 1))
            << " a client\n";
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace knoop

int main(int argc, char** argv) {
  const bool show_kinds = argc == 4 && std::string_view(argv[3]) == "--kinds";
  if (argc != 3 && !show_kinds) {
    std::cerr << "usage: offline_matches REGION_DIR MATCHES.csv [--kinds]\n";
    return 2;
  }
  try {
    return knoop::run(argv[1], argv[2], show_kinds);
  } catch (const std::exception& problem) {
    std::cerr << "offline_matches: " << problem.what() << '\n';
    return 2;
  }
}
