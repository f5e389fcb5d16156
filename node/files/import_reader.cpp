#include "node/files/import_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace knoop {
namespace {

using records::ImportFile;
using records::RawRow;

using Kind = JsonField::Kind;

/// Of a field that is a constant: hardly a name in a file, and overwritten if it is.
constexpr std::string_view no_name("\0", 1);

/// As records::fields_of() has them; a file of before typed fields has the first eight.
constexpr std::array fragment_table{
    JsonField{"client_ref"},
    JsonField{"category"},
    JsonField{"title"},
    JsonField{"nature"},
    JsonField{"author"},
    JsonField{"date"},
    JsonField{"text", Kind::text, false},
    JsonField{"persons", Kind::list},
    JsonField{"source", Kind::text, false},
    JsonField{"schema", Kind::number, false},
    JsonField{"sensitive", Kind::truth, false},
    JsonField{"fields", Kind::object, false},
    JsonField{"retention", Kind::text, false},
};

/// A row of a table, whose cells other programs write as texts or as numbers.
constexpr JsonField cell(std::string_view name) {
  return {name, Kind::value, false};
}

/// For sentences about a header: what is printable of a name, short. A header is no personal data, unless the file has
/// none and its first record stands there, so anything that looks like a value is not repeated.
std::string named(std::string_view column) {
  const bool name = !column.empty() && column.size() <= 32 && std::ranges::all_of(column, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ';
  });
  return name ? fmt::format("\"{}\"", column) : "a name that is not letters";
}

}  // namespace

ImportReader::ImportReader(ImportFile file, const ReadLimits& limits, records::ImportForm form,
                           ImportMapping mapping)
    : file_(file),
      form_(form),
      mapping_(std::move(mapping)),
      mapped_(mapping_ != ImportMapping{}),
      csv_(limits),
      objects_(limits) {
  make_table();
}

bool ImportReader::reads_json() const {
  return file_ == ImportFile::fragments || form_ == records::ImportForm::json;
}

void ImportReader::make_table() {
  const auto fields = records::fields_of(file_);
  names_.reserve(fields.size());  // table_ points into it
  for (std::size_t i = 0; i < fields.size(); ++i) {
    names_.push_back(mapping_.column_of(file_, fields[i]).value_or(""));
    JsonField field = file_ == ImportFile::fragments ? fragment_table.at(i) : cell(fields[i]);
    field.as = fields[i];
    field.name = names_.back();
    if (names_.back().empty()) field = {no_name, Kind::text, false, fields[i]};
    table_.push_back(field);
  }
}

Result<void> ImportReader::feed(ByteView chunk, const Visit& visit) {
  if (reads_json())
    return in_file(objects_.feed(
        chunk, [&](std::uint64_t place, std::string_view text) { return json_object(place, text, visit); }));
  return in_file(csv_.feed(chunk, [&](CsvRecord&& record) { return csv_record(std::move(record), visit); }));
}

Result<void> ImportReader::finish(const Visit& visit) {
  if (reads_json()) {
    KNOOP_TRY(in_file(objects_.finish(
        [&](std::uint64_t place, std::string_view text) { return json_object(place, text, visit); })));
  } else {
    KNOOP_TRY(in_file(csv_.finish([&](CsvRecord&& record) { return csv_record(std::move(record), visit); })));
    if (column_of_field_.empty())
      return fail(ErrorCode::bad_format, Side::user,
                  "{}: the file is empty; its first line must name the columns", to_string(file_));
  }
  return flush(visit);
}

Result<void> ImportReader::flush(const Visit& visit) {
  batch_size_ = 0;
  if (batch_.empty()) return {};
  return visit(std::exchange(batch_, {}));
}

Result<Bytes> ImportReader::place() const {
  KNOOP_ASSERT(batch_.empty(), "flushed first");
  ImportPlace out{csv_.place(), objects_.place(), {}, columns_in_file_, ignored_, {}};
  for (const std::size_t column : column_of_field_)
    out.columns.push_back(column == no_column ? UINT32_MAX : static_cast<std::uint32_t>(column));
  for (const bool seen : seen_) out.seen.push_back(seen ? 1 : 0);
  return encode_checked(out);
}

Result<void> ImportReader::go_on(ByteView place) {
  const auto from = decode<ImportPlace>(place);
  if (!from)
    return fail(ErrorCode::damaged_database, Side::ours,
                "where an upload was cannot be read; cancel the import and start it anew");
  csv_.go_on(from->csv);
  objects_.go_on(from->objects);
  column_of_field_.clear();
  for (const std::uint32_t column : from->columns)
    column_of_field_.push_back(column == UINT32_MAX ? no_column : column);
  columns_in_file_ = from->columns_in_file;
  ignored_ = from->ignored;
  seen_.assign(from->seen.begin(), from->seen.end());
  return {};
}

std::vector<records::ReadColumn> ImportReader::columns() const {
  const auto fields = records::fields_of(file_);
  std::vector<records::ReadColumn> out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool constant = names_[i].empty();
    const bool there = reads_json() ? i < seen_.size() && seen_[i]
                                    : i < column_of_field_.size() && column_of_field_[i] != no_column;
    if (constant || there) out.push_back({std::string(fields[i]), names_[i], constant});
  }
  return out;
}

/// Says of which file an error is.
Result<void> ImportReader::in_file(Result<void> result) const {
  if (!result && result.error().side == Side::user) {
    Error error = std::move(result.error());
    error.sentence = fmt::format("{}: {}", to_string(file_), error.sentence);
    return fail(std::move(error));
  }
  return result;
}

Result<void> ImportReader::csv_header(const CsvRecord& record) {
  const auto fields = records::fields_of(file_);
  const auto wanted = [&] {
    std::vector<std::string> names;
    for (const std::string& name : names_)
      if (!name.empty()) names.push_back(name);
    return fmt::format("{}", fmt::join(names, ";"));
  };
  for (const std::string& column : record.fields) {
    if (std::ranges::find(names_, column) == names_.end() || column.empty()) {
      if (!mapping_.ignore_others)
        return fail(ErrorCode::bad_format, Side::user,
                    "line {} names an unknown column, {}; the columns are {}", record.line, named(column),
                    wanted());
      ++ignored_;
    } else if (std::ranges::count(record.fields, column) > 1) {
      return fail(ErrorCode::bad_format, Side::user, "line {} names the column {} twice", record.line,
                  column);
    }
  }
  const auto required = records::required_fields_of(file_);
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto found = names_[i].empty() ? record.fields.end() : std::ranges::find(record.fields, names_[i]);
    const bool there = found != record.fields.end();
    const FieldSource* const source = mapping_.find(file_, fields[i]);
    const bool promised = source != nullptr && source->column;
    const bool needed = promised || std::ranges::find(required, fields[i]) != required.end() ||
                        (!mapped_ && !records::may_lack(file_, fields[i]));
    if (!there && !names_[i].empty() && needed)
      return fail(ErrorCode::bad_format, Side::user, "line {} lacks the column {}; the columns are {}",
                  record.line, names_[i], wanted());
    columns.push_back(there ? static_cast<std::size_t>(found - record.fields.begin()) : no_column);
  }
  columns_in_file_ = record.fields.size();
  column_of_field_ = std::move(columns);
  return {};
}

Result<void> ImportReader::csv_record(CsvRecord&& record, const Visit& visit) {
  if (column_of_field_.empty()) return csv_header(record);
  RawRow row{record.line};
  if (record.fields.size() != columns_in_file_) {
    row.problem = records::Problem{
        "-", fmt::format("has {} fields, the header names {}", record.fields.size(), columns_in_file_)};
  } else {
    for (const std::size_t column : column_of_field_)
      row.fields.push_back(column == no_column ? std::string() : std::move(record.fields[column]));
    mapping_.apply(file_, row.fields);
  }
  return add(std::move(row), visit);
}

Result<void> ImportReader::json_object(std::uint64_t place, std::string_view text, const Visit& visit) {
  RawRow row{place};
  auto fields = parse_json_fields(text, table_, {mapping_.ignore_others, &seen_});
  if (fields) {
    row.fields = std::move(*fields);
    mapping_.apply(file_, row.fields);
  } else {
    row.problem = std::move(fields.error());
  }
  return add(std::move(row), visit);
}

Result<void> ImportReader::add(RawRow&& row, const Visit& visit) {
  for (const std::string& field : row.fields) batch_size_ += field.size();
  batch_.push_back(std::move(row));
  if (batch_.size() < batch_rows && batch_size_ < batch_bytes) return {};
  batch_size_ = 0;
  return visit(std::exchange(batch_, {}));
}

Result<void> read_import_file(const std::filesystem::path& path, ImportFile file, const ReadLimits& limits,
                              const ImportReader::Visit& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> input(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!input)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_failed, Side::user,
                "cannot read {}: {}", path.string(), std::strerror(errno));
  ImportReader reader(file, limits);
  Bytes chunk(64 * 1024);
  for (;;) {
    const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), input.get());
    if (size > 0) KNOOP_TRY(reader.feed(ByteView(chunk).first(size), visit));
    if (size < chunk.size()) break;
  }
  if (std::ferror(input.get()) != 0)
    return fail(ErrorCode::io_failed, Side::user, "cannot read {} to its end", path.string());
  return reader.finish(visit);
}

std::string rejects_header() {
  return "file;line;field;reason\n";
}

std::string rejects_line(const records::Reject& reject) {
  std::string reason = reject.reason;
  // Reasons are our own sentences; some hold a semicolon.
  if (reason.find(';') != std::string::npos) reason = fmt::format("\"{}\"", reason);
  return fmt::format("{};{};{};{}\n", to_string(reject.file), reject.line, reject.field, reason);
}

}  // namespace knoop
