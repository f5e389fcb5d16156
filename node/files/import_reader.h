// Pass 1 of an import (node/core/import.h): from a file's bytes to rows, a batch at a time.
//
// Whoever has the bytes feeds them: the command line's file, or the body of an HTTP request. Rows come out in the order
// of fields_of(), whatever the order of the file's columns. Without a mapping the header of a CSV file must name exactly the
// columns of its kind, and a JSON object no other names; a mapping (import_mapping.h) says otherwise.
#pragma once

#include <filesystem>

#include "node/files/csv_reader.h"
#include "node/files/import_mapping.h"
#include "node/files/object_reader.h"
#include "protocol/records/rows.h"

namespace knoop {

class ImportReader {
 public:
  ImportReader(const ImportReader&) = delete;
  ImportReader& operator=(const ImportReader&) = delete;

  using Visit = std::function<Result<void>(std::vector<records::RawRow>&&)>;

  /// Rows handed over at once: some milliseconds of the core thread's time.
  static constexpr std::size_t batch_rows = 128;
  /// And their bytes, so that a few long rows do not make a huge batch.
  static constexpr std::size_t batch_bytes = 1024 * 1024;

  explicit ImportReader(records::ImportFile file, const ReadLimits& limits = {},
                        records::ImportForm form = records::ImportForm::csv, ImportMapping mapping = {});

  /// Any part of the file, in order. An Error is one of the whole file: the job fails. After it the reader is spent.
  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  [[nodiscard]] Result<void> finish(const Visit& visit);

  /// Hands over what waits for a full batch. Between two pieces of the file, before place().
  [[nodiscard]] Result<void> flush(const Visit& visit);
  /// Where it is in the file, for a reader of the same file, form and mapping to go on from, also in another process.
  [[nodiscard]] Result<Bytes> place() const;
  [[nodiscard]] Result<void> go_on(ByteView place);

  /// Which column was understood as which field: known from a CSV file's header on, and of JSON what was there in any row.
  /// Constants are in it. What is not in it is empty in every row.
  [[nodiscard]] std::vector<records::ReadColumn> columns() const;
  /// Columns of a CSV file that are no field here.
  [[nodiscard]] std::size_t ignored() const { return ignored_; }

 private:
  Result<void> csv_record(CsvRecord&& record, const Visit& visit);
  Result<void> csv_header(const CsvRecord& record);
  Result<void> json_object(std::uint64_t place, std::string_view text, const Visit& visit);
  void make_table();
  [[nodiscard]] bool reads_json() const;
  Result<void> add(records::RawRow&& row, const Visit& visit);
  Result<void> in_file(Result<void> result) const;

  static constexpr std::size_t no_column = static_cast<std::size_t>(-1);

  records::ImportFile file_;
  records::ImportForm form_;
  ImportMapping mapping_;
  bool mapped_;  ///< Without a mapping the file has to be exactly as we have it.
  CsvReader csv_;
  ObjectReader objects_;
  std::vector<std::string> names_;  ///< Of the columns or names in the file, by field; empty for a constant.
  std::vector<JsonField> table_;    ///< Points into names_.
  std::vector<bool> seen_;          ///< JSON: fields of table_ that any object had.
  std::vector<std::size_t> column_of_field_;  ///< Filled by the header.
  std::size_t columns_in_file_ = 0;
  std::size_t ignored_ = 0;
  std::vector<records::RawRow> batch_;
  std::size_t batch_size_ = 0;
};

/// Reads a whole file through an ImportReader with flat memory.
[[nodiscard]] Result<void> read_import_file(const std::filesystem::path& path, records::ImportFile file,
                                            const ReadLimits& limits, const ImportReader::Visit& visit);

/// The rejects as a file of their own: `file;line;field;reason`, a header first.
[[nodiscard]] std::string rejects_header();
[[nodiscard]] std::string rejects_line(const records::Reject& reject);

}  // namespace knoop
