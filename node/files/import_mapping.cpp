#include "node/files/import_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace knoop {
namespace {

using records::ImportFile;

const std::vector<FieldSource>& sources(const ImportMapping& mapping, ImportFile file) {
  return mapping.files.at(static_cast<std::size_t>(file) - 1);
}

/// Fields that are no text in JSON, so that no word stands for them.
bool is_text(std::string_view field) {
  return field != "persons" && field != "fields" && field != "sensitive" && field != "schema";
}

std::optional<std::string> problem_in(const ImportMapping& mapping, ImportFile file) {
  const auto fields = records::fields_of(file);
  std::set<std::string> named;
  std::set<std::string> columns;
  for (const FieldSource& source : sources(mapping, file)) {
    if (std::ranges::find(fields, source.field) == fields.end())
      return fmt::format("names a field that {} does not have; the fields are {}", to_string(file),
                         fmt::join(fields, ", "));
    if (!named.insert(source.field).second)
      return fmt::format("names {} of {} twice", source.field, to_string(file));
    if (source.column && source.constant)
      return fmt::format("gives {} of {} both a column and a constant", source.field, to_string(file));
    if ((source.constant || !source.values.empty()) && !is_text(source.field))
      return fmt::format("{} of {} is no text: it may have another column, and nothing else", source.field,
                         to_string(file));
    if (source.constant && !source.values.empty())
      return fmt::format("gives {} of {} a constant and words for other values", source.field,
                         to_string(file));
    std::set<std::string_view> words;
    for (const auto& [from, to] : source.values)
      if (!words.insert(from).second)
        return fmt::format("gives a value of {} of {} two words", source.field, to_string(file));
  }
  for (const std::string_view field : fields)
    if (const auto column = mapping.column_of(file, field); column && !columns.insert(*column).second)
      return fmt::format("takes one column of {} for two fields; {} is the second", to_string(file), field);
  return std::nullopt;
}

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

const FieldSource* ImportMapping::find(ImportFile file, std::string_view field) const {
  const auto& all = sources(*this, file);
  const auto found = std::ranges::find(all, field, &FieldSource::field);
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string> ImportMapping::column_of(ImportFile file, std::string_view field) const {
  const FieldSource* const source = find(file, field);
  if (source != nullptr && source->constant) return std::nullopt;
  return source != nullptr && source->column ? *source->column : std::string(field);
}

void ImportMapping::apply(ImportFile file, std::vector<std::string>& values) const {
  const auto fields = records::fields_of(file);
  for (const FieldSource& source : sources(*this, file)) {
    const auto at = static_cast<std::size_t>(std::ranges::find(fields, source.field) - fields.begin());
    std::string& value = values.at(at);
    if (source.constant) {
      value = *source.constant;
      continue;
    }
    const std::string_view plain = without_spaces(value);
    const auto word =
        std::ranges::find_if(source.values, [plain](const auto& pair) { return pair.first == plain; });
    if (word != source.values.end()) value = word->second;
  }
}

std::optional<std::string> problem_of(const ImportMapping& mapping) {
  for (const ImportFile file : records::all_import_files)
    if (auto problem = problem_in(mapping, file)) return problem;
  return std::nullopt;
}

}  // namespace knoop
