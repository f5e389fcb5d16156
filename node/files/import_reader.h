// Pass 1 of an import (node/core/import.h): from a file's bytes to rows, a batch at a time.
//
// Whoever has the bytes feeds them: the command line's file, or the body of an HTTP request. Rows come out in the order
// of fields_of(), whatever the order of the file's columns. The header of a CSV file must name exactly the columns of
// its kind; a JSON line exactly its fields.
#pragma once

#include <filesystem>

#include "node/files/csv_reader.h"
#include "node/files/jsonl_reader.h"
#include "protocol/records/rows.h"

namespace knoop {

class ImportReader {
 public:
  using Visit = std::function<Result<void>(std::vector<records::RawRow>&&)>;

  /// Rows handed over at once: some milliseconds of the core thread's time.
  static constexpr std::size_t batch_rows = 128;
  /// And their bytes, so that a few long rows do not make a huge batch.
  static constexpr std::size_t batch_bytes = 1024 * 1024;

  explicit ImportReader(records::ImportFile file, const ReadLimits& limits = {});

  /// Any part of the file, in order. An Error is one of the whole file: the job fails. After it the reader is spent.
  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  [[nodiscard]] Result<void> finish(const Visit& visit);

 private:
  Result<void> csv_record(CsvRecord&& record, const Visit& visit);
  Result<void> csv_header(const CsvRecord& record);
  Result<void> json_line(std::uint64_t line, std::string_view text, const Visit& visit);
  Result<void> add(records::RawRow&& row, const Visit& visit);
  Result<void> in_file(Result<void> result) const;

  records::ImportFile file_;
  CsvReader csv_;
  LineReader lines_;
  std::vector<std::size_t> column_of_field_;  ///< Filled by the header.
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
