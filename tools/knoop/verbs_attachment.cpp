// `knoop fragment attach|file|files`: files of fragments, in and out (R4.1).
#include <fstream>

#include "protocol/exchange/attachments.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Attachment {
  std::string client;
  std::string file;
  std::string title;
  std::string author;
  std::string date;
  std::string description;
  std::string parent;
  std::vector<std::string> persons{"jeugdige"};
};

Result<std::string> media_type_of(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".pdf") return std::string("application/pdf");
  if (ending == ".jpg" || ending == ".jpeg") return std::string("image/jpeg");
  if (ending == ".png") return std::string("image/png");
  return fail(ErrorCode::bad_format, Side::user, "{} is no .pdf, .jpg or .png", file.string());
}

Result<void> send_pieces(Program& program, std::ifstream& in, const std::string& address) {
  std::string piece(exchange::piece_size, '\0');
  for (std::size_t number = 0; in; ++number) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto size = static_cast<std::size_t>(in.gcount());
    if (size == 0) break;
    KNOOP_LET(taken, program.put_bytes(fmt::format("{}/pieces/{}", address, number),
                                       std::string_view(piece).substr(0, size)));
  }
  return {};
}

Result<int> attach(Program& program, const Attachment& options) {
  const std::filesystem::path path(options.file);
  KNOOP_LET(media_type, media_type_of(path));
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) return fail(ErrorCode::io_failed, Side::user, "cannot read {}", options.file);
  KNOOP_LET(begun, program.post("/api/v1/attachments", {{"clientRef", options.client},
                                                        {"name", path.filename().string()},
                                                        {"mediaType", media_type},
                                                        {"bytes", size}}));
  const std::string address = "/api/v1/attachments/" + cell(begun, "id");
  if (auto sent = send_pieces(program, in, address); !sent) {
    static_cast<void>(program.cancel(address));
    return tl::unexpected(std::move(sent.error()));
  }
  Json words{{"title", options.title},
             {"author", options.author},
             {"date", options.date},
             {"persons", options.persons}};
  set_if(words, "description", options.description);
  set_if(words, "parent", options.parent);
  auto answer = program.post(address + "/finish", words);
  if (!answer) {
    static_cast<void>(program.cancel(address));
    return tl::unexpected(std::move(answer.error()));
  }
  program.print(*answer,
                [&] { return fmt::format("Fragment {} is recorded with its file.\n", cell(*answer, "id")); });
  return ExitCode::done;
}

Result<int> fetch(Program& program, const std::string& id, const std::string& from,
                  const std::string& exchange_id, const std::string& emergency, const std::string& out) {
  const std::string address = from.empty()
                                  ? "/api/v1/attachments/" + query_text(id)
                                  : fmt::format("/api/v1/received-attachments/{}/{}/{}", query_text(from),
                                                query_text(exchange_id), query_text(id));
  std::string content;
  for (std::size_t number = 0; number < exchange::most_pieces; ++number) {
    const std::string piece = fmt::format("{}/pieces/{}", address, number);
    auto answer =
        emergency.empty() ? program.get(piece) : program.post(piece + "/emergency", {{"reason", emergency}});
    if (!answer && number > 0 && answer.error().code == ErrorCode::not_found) break;
    if (!answer) return tl::unexpected(std::move(answer.error()));
    KNOOP_LET(bytes, from_base64(cell(*answer, "bytes")));
    content.append(text_view(bytes));
    if (bytes.size() < exchange::piece_size) break;
  }
  KNOOP_TRY(write_file(out, content));
  program.print({{"file", out}, {"bytes", content.size()}},
                [&] { return fmt::format("{} bytes written to {}\n", content.size(), out); });
  return ExitCode::done;
}

Result<int> list(Program& program, const std::string& client) {
  KNOOP_LET(answer, program.get("/api/v1/received-attachments?client=" + query_text(client)));
  const Json files = answer["files"];
  program.print(files, [&] {
    if (files.empty()) return std::string("No files were received.\n");
    Table table({"NAME", "TYPE", "BYTES", "FROM", "STATE", "PIECES", "FRAGMENT", "EXCHANGE"});
    for (const Json& one : files)
      table.add({cell(one, "name"), cell(one, "mediaType"), cell(one, "bytes"), cell(one, "from"),
                 one["why"].is_null() ? cell(one, "state")
                                      : fmt::format("{} ({})", cell(one, "state"), cell(one, "why")),
                 fmt::format("{}/{}", cell(one, "have"), cell(one, "pieces")), cell(one, "fragment"),
                 cell(one, "exchange")});
    return table.text();
  });
  return ExitCode::done;
}

}  // namespace

void add_attachment_verbs(CLI::App& fragment, Program& program) {
  auto options = std::make_shared<Attachment>();
  CLI::App* verb = program.verb(fragment, "attach", "Attach a PDF or an image, at most 50 MB",
                                [&program, options] { return attach(program, *options); });
  verb->add_option("file", options->file, "The file")->required();
  verb->add_option("--client", options->client, "Client reference")->required();
  verb->add_option("--title", options->title, "A line for lists")->required();
  verb->add_option("--author", options->author, "Who adds it")->required();
  verb->add_option("--date", options->date, "The day, YYYY-MM-DD")->required();
  verb->add_option("--description", options->description, "What it is");
  verb->add_option("--parent", options->parent, "The fragment that it belongs to");
  verb->add_option("--person", options->persons, "Whom it concerns; may be repeated");

  auto client = std::make_shared<std::string>();
  verb = program.verb(fragment, "files", "Files that came, or are coming, from other organisations",
                      [&program, client] { return list(program, *client); });
  verb->add_option("--client", *client, "Own client reference")->required();

  auto id = std::make_shared<std::string>();
  auto from = std::make_shared<std::string>();
  auto exchange_id = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  auto emergency = std::make_shared<std::string>();
  verb = program.verb(fragment, "file", "Write the file of a fragment",
                      [&program, id, from, exchange_id, emergency, out] {
                        return fetch(program, *id, *from, *exchange_id, *emergency, *out);
                      });
  verb->add_option("id", *id, "Id of the fragment")->required();
  CLI::Option* peer =
      verb->add_option("--from", *from, "Short name of the member it came from; else our own");
  CLI::Option* release = verb->add_option("--exchange", *exchange_id, "The exchange with which it came");
  peer->needs(release);
  release->needs(peer);
  verb->add_option("--emergency", *emergency,
                   "Read what is closed because its owner is silent too; the reason, which is logged")
      ->needs(peer);
  verb->add_option("--out", *out, "File to write")->required();
}

}  // namespace knoop::cli
