// Any text as a settings file, and as the value of each variable. What is accepted can be printed.
#include "config/settings.h"

#include "crypto/base/bytes.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_view({data, size});
  if (const auto settings = read_settings({text, "knoop.toml", {}, {}})) (void)effective_settings(*settings);
  SettingsSources sources;
  for (const std::string& name : setting_names()) sources.environment[environment_name(name)] = text;
  (void)read_settings(sources);
  return 0;
}
