// `knoop fragment add|correct`, `knoop request …`, `knoop receipt …`: writing fragments, asking and answering, and the
// receipts that prove what was given (R4).
#include "tools/knoop/verbs_dossier.h"

#include <fstream>

namespace knoop::cli {
namespace {

struct Content {
  std::string category;
  std::string title;
  std::string nature = "feit";
  std::string author;
  std::string date;
  std::string text;
  std::string text_file;
  std::string fields_file;
  std::vector<std::string> persons{"jeugdige"};
  std::string source;
  std::string retention;
  bool sensitive = false;
};

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string out((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file && out.empty()) return fail(ErrorCode::io_failed, Side::user, "cannot read {}", path);
  return out;
}

Result<Json> body_of(const Content& content) {
  Json body{{"category", content.category}, {"title", content.title}, {"nature", content.nature},
            {"author", content.author},     {"date", content.date},   {"persons", content.persons}};
  set_if(body, "text", content.text);
  if (!content.text_file.empty()) {
    KNOOP_LET(text, read_whole(content.text_file));
    body["text"] = text;
  }
  if (!content.fields_file.empty()) {
    KNOOP_LET(text, read_whole(content.fields_file));
    body["fields"] = Json::parse(text, nullptr, false);
    if (body["fields"].is_discarded())
      return fail(ErrorCode::bad_format, Side::user, "{} is no JSON", content.fields_file);
  }
  set_if(body, "source", content.source);
  set_if(body, "retention", content.retention);
  if (content.sensitive) body["sensitive"] = true;
  return body;
}

void add_content_options(CLI::App* verb, Content& content) {
  verb->add_option("--category", content.category, "F01 to F18")->required();
  verb->add_option("--title", content.title, "A line for lists")->required();
  verb->add_option("--nature", content.nature, "feit or interpretatie");
  verb->add_option("--author", content.author, "Who wrote it")->required();
  verb->add_option("--date", content.date, "The day it was written, YYYY-MM-DD")->required();
  verb->add_option("--text", content.text, "What it says");
  verb->add_option("--text-file", content.text_file, "A file with what it says");
  verb->add_option("--fields", content.fields_file,
                   "A JSON file with the category's fields; see 'knoop fragment schema'");
  verb->add_option("--person", content.persons, "Whom it concerns; may be repeated");
  verb->add_option("--source", content.source, "Who said or saw it, when that is not the author");
  verb->add_option("--retention", content.retention, "How long it is kept, when that is not as usual");
  verb->add_flag("--sensitive", content.sensitive, "More sensitive than its category");
}

Result<int> add(Program& program, const std::string& client, const std::string& parent,
                const Content& content) {
  KNOOP_LET(body, body_of(content));
  body["clientRef"] = client;
  set_if(body, "parent", parent);
  KNOOP_LET(answer, program.post("/api/v1/fragments", body));
  program.print(answer, [&] { return fmt::format("Fragment {} is recorded.\n", cell(answer, "id")); });
  return ExitCode::done;
}

Result<int> correct(Program& program, const std::string& id, const Content& content) {
  KNOOP_LET(body, body_of(content));
  KNOOP_LET(answer, program.post("/api/v1/fragments/" + query_text(id) + "/correct", body));
  program.print(answer, [&] {
    return fmt::format("Fragment {} is corrected; whoever got it is told.\n", cell(answer, "id"));
  });
  return ExitCode::done;
}

Result<int> schema(Program& program, const std::string& category, const std::string& version) {
  if (category.empty()) {
    KNOOP_LET(answer, program.get("/api/v1/schemas"));
    program.print(answer["schemas"], [&] {
      Table table({"RUBRIEK", "LABEL", "GEVOELIG", "BEWAREN", "VERSIE"});
      for (const Json& one : answer["schemas"])
        table.add({cell(one, "category"), cell(one, "label"), one.value("sensitive", false) ? "ja" : "",
                   cell(one, "retention"), cell(one, "newest")});
      return table.text();
    });
    return ExitCode::done;
  }
  KNOOP_LET(answer, program.get("/api/v1/schemas/" + query_text(category) + "/" + query_text(version)));
  program.print(answer, [&] { return answer.dump(2) + "\n"; });
  return ExitCode::done;
}

struct Question {
  std::string peer;
  std::string match;
  std::string handover;
  std::string purpose;
  std::string occasion;
  std::string goal;
  std::string categories;
  std::string form;
};

Result<int> ask(Program& program, const Question& question) {
  Json body{{"peer", question.peer}, {"occasion", question.occasion}, {"goal", question.goal}};
  if (!question.categories.empty()) body["categories"] = split_list(question.categories, ',');
  set_if(body, "match", question.match);
  set_if(body, "handover", question.handover);
  set_if(body, "purpose", question.purpose);
  set_if(body, "form", question.form);
  KNOOP_LET(answer, program.post("/api/v1/fragment-requests", body));
  program.print(answer, [&] { return fmt::format("Asked as exchange {}.\n", cell(answer, "exchange")); });
  return ExitCode::done;
}

Result<int> list_requests(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/fragment-requests"));
  program.print(answer["requests"], [&] {
    if (answer["requests"].empty()) return std::string("No request waits for an answer.\n");
    Table table({"EXCHANGE", "FROM", "CLIENT", "PURPOSE", "OCCASION", "GOAL", "CATEGORIES", "SINCE"});
    for (const Json& one : answer["requests"])
      table.add({cell(one, "exchange"), cell(one, "from"), cell(one, "clientRef"), cell(one, "purpose"),
                 cell(one, "occasion"), cell(one, "goal"), fmt::format("{}", one["categories"].dump()),
                 cell(one, "created")});
    return table.text();
  });
  return ExitCode::done;
}

struct Answer {
  std::string peer;
  std::string exchange;
  std::vector<std::string> withheld;
  bool without_third = false;
};

Result<int> answer_request(Program& program, const Answer& options, bool only_preview) {
  KNOOP_LET(answer,
            program.post(fmt::format("/api/v1/fragment-requests/{}/{}/{}", query_text(options.peer),
                                     query_text(options.exchange), only_preview ? "preview" : "answer"),
                         {{"withheld", options.withheld}, {"withoutThirdPersons", options.without_third}}));
  program.print(answer, [&] { return release_text(answer); });
  return ExitCode::done;
}

CLI::App* answer_verb(CLI::App& noun, Program& program, const std::string& name, const std::string& help,
                      bool only_preview) {
  auto options = std::make_shared<Answer>();
  CLI::App* verb = program.verb(noun, name, help, [&program, options, only_preview] {
    return answer_request(program, *options, only_preview);
  });
  verb->add_option("peer", options->peer, "Short name of the member that asks")->required();
  verb->add_option("exchange", options->exchange, "Id from 'knoop request list'")->required();
  verb->add_option("--withhold", options->withheld, "Id of a fragment that stays; may be repeated");
  verb->add_flag("--without-third-persons", options->without_third, "Withhold what is on third persons");
  return verb;
}

Result<int> export_receipt(Program& program, const std::string& peer, const std::string& exchange,
                           const std::string& out, bool with_content) {
  KNOOP_LET(answer,
            program.post(fmt::format("/api/v1/receipts/{}/{}/export", query_text(peer), query_text(exchange)),
                         {{"withContent", with_content}}));
  KNOOP_TRY(write_file(out, cell(answer, "file")));
  program.print({{"file", out}, {"opened", answer["opened"]}}, [&] {
    return fmt::format("The receipt is in {}; check it with: knoop-verify receipt {}\n", out, out);
  });
  return ExitCode::done;
}

Result<int> list_receipts(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/receipts"));
  const Json receipts = answer["receipts"];
  program.print(receipts, [&] {
    if (receipts.empty()) return std::string("None.\n");
    Table table({"EXCHANGE", "MEMBER", "WHO GAVE", "SIGNED", "FRAGMENTS", "DESTROYED", "RECEIPT"});
    for (const Json& one : receipts)
      table.add({cell(one, "exchange"), cell(one, "peer"), one["given"].get<bool>() ? "we" : "they",
                 cell(one, "at"), cell(one, "fragments"), cell(one, "clientDestroyed"),
                 cell(one, "receipt")});
    return table.text();
  });
  return ExitCode::done;
}

}  // namespace

std::string release_text(const Json& answer) {
  Table table({"CATEGORY", "WHAT", "DECISION", "FRAGMENTS", "WHY NOT"});
  for (const Json& row : answer["categories"])
    table.add({cell(row, "category"), cell(row, "label"), cell(row, "decision"), cell(row, "fragments"),
               cell(row, "explanation")});
  std::string out = table.text();
  if (!answer.contains("fragments")) return out;
  for (const Json& one : answer["fragments"]) {
    out += fmt::format("\n{} {}: {} ({}, {}, {}) {}\n", cell(one, "category"), cell(one, "label"),
                       printable(cell(one, "title")), cell(one, "nature"), printable(cell(one, "author")),
                       cell(one, "date"), cell(one, "id"));
    for (const std::string& line : split_list(cell(one, "text"), '\n')) out += "  " + printable(line) + "\n";
    for (const std::string& line : split_list(cell(one, "plain"), '\n')) out += "  " + printable(line) + "\n";
    for (const Json& part : one["withheld"])
      out += fmt::format("  withheld: {}\n", printable(part.get<std::string>()));
  }
  const Json& obligations = answer["obligations"];
  if (!answer["fragments"].empty())
    out += fmt::format("\nThe receiver is bound to: {}, until {}, no passing on.\n",
                       cell(obligations, "purpose"), cell(obligations, "until"));
  return out;
}

void add_fragment_writing_verbs(CLI::App& fragment, Program& program) {
  auto content = std::make_shared<Content>();
  auto client = std::make_shared<std::string>();
  auto parent = std::make_shared<std::string>();
  CLI::App* verb = program.verb(fragment, "add", "Write a fragment", [&program, client, parent, content] {
    return add(program, *client, *parent, *content);
  });
  verb->add_option("--client", *client, "Client reference")->required();
  verb->add_option("--parent", *parent,
                   "Of a view (F17): the fragment it answers; of an attachment (F18): its fragment");
  add_content_options(verb, *content);

  auto corrected = std::make_shared<Content>();
  auto id = std::make_shared<std::string>();
  verb = program.verb(fragment, "correct", "Put another content in its place; whoever got it is told",
                      [&program, id, corrected] { return correct(program, *id, *corrected); });
  verb->add_option("id", *id, "Id of the fragment")->required();
  add_content_options(verb, *corrected);

  auto category = std::make_shared<std::string>();
  auto version = std::make_shared<std::string>("1");
  verb = program.verb(fragment, "schema", "The categories, or the JSON Schema of one",
                      [&program, category, version] { return schema(program, *category, *version); });
  verb->add_option("category", *category, "F01 to F18");
  verb->add_option("version", *version, "Version of its schema");
}

void add_request_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("request", "Requests for fragments: ours to others, and theirs to us");
  noun->require_subcommand(1);
  auto question = std::make_shared<Question>();
  CLI::App* verb = program.verb(*noun, "ask", "Ask a member for fragments",
                                [&program, question] { return ask(program, *question); });
  verb->add_option("peer", question->peer, "Short name of the member")->required();
  auto* about = verb->add_option_group("about");
  about->add_option("--match", question->match, "Id of the match");
  about->add_option("--handover", question->handover, "Id of the hand-over");
  about->require_option(1);
  verb->add_option("--purpose", question->purpose, "What for; a hand-over when not given");
  verb->add_option("--occasion", question->occasion, "Aanleiding")->required();
  verb->add_option("--goal", question->goal, "Doel")->required();
  verb->add_option("--categories", question->categories, "Categories, such as F01,F05");
  verb->add_option("--form", question->form, "Id of a form: its categories, unless others are named");
  program.verb(*noun, "list", "Requests of others that wait for an answer",
               [&program] { return list_requests(program); });
  answer_verb(*noun, program, "preview", "Exactly what would leave with an answer now", true);
  answer_verb(*noun, program, "answer", "Answer with what is permitted and not withheld", false);

  CLI::App* receipts = app.add_subcommand("receipt", "Double-signed receipts of what was given and got");
  receipts->require_subcommand(1);
  program.verb(*receipts, "list", "Those of clients that were destroyed since",
               [&program] { return list_receipts(program); });
  auto peer = std::make_shared<std::string>();
  auto exchange = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  auto with_content = std::make_shared<bool>(false);
  verb = program.verb(*receipts, "export", "Write one to a file that knoop-verify checks without a node",
                      [&program, peer, exchange, out, with_content] {
                        return export_receipt(program, *peer, *exchange, *out, *with_content);
                      });
  verb->add_option("peer", *peer, "Short name of the other member, or its key")->required();
  verb->add_option("exchange", *exchange, "Id of the exchange")->required();
  verb->add_option("--out", *out, "File to write")->required();
  verb->add_flag("--with-content", *with_content,
                 "With what came and is still readable, to show that it is what was given");
}

}  // namespace knoop::cli
