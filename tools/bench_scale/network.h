// A network of invented organisations for measuring: one node with everything that `knoop init` and `knoop convenant
// install` leave behind, and its peers, whose cards it holds. The peers know the measured node only, not each other.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "config/card.h"
#include "node/core/keys.h"
#include "storage/database.h"

namespace knoop::bench {

struct Organisation {
  SigningKeyPair key;
  NodeKeys keys;
  Card card;
  std::string note;  ///< The signed card.
};

struct Network {
  Organisation measured;
  std::vector<Organisation> peers;
  std::string
      convenant;  ///< The signed note. Families are not matched: a client known by its BSN has one identifier.
  NetworkId network;
};

/// The measured node listens at `port` of this machine; its peers dial it.
[[nodiscard]] Result<Network> make_network(Entropy& entropy, std::size_t peers, std::uint16_t port,
                                           Timestamp now);

/// Where a node's files lie; `knoop --config <folder>/knoop.toml serve` runs it.
struct NodeFolder {
  std::filesystem::path folder;
  [[nodiscard]] std::filesystem::path data() const { return folder / "data"; }
  [[nodiscard]] std::filesystem::path database() const { return data() / "knoop.db"; }
  [[nodiscard]] std::filesystem::path settings() const { return folder / "knoop.toml"; }
  [[nodiscard]] std::filesystem::path socket() const { return folder / "knoop.sock"; }
};

/// A new store with keys, own card, the given cards and the convenant, opened.
[[nodiscard]] Result<std::unique_ptr<storage::Database>> make_node(
    const NodeFolder& folder, const Organisation& self, const std::vector<const Organisation*>& known,
    const std::string& convenant, std::uint16_t port, Entropy& entropy, Timestamp now);
/// Opens it again.
[[nodiscard]] Result<std::unique_ptr<storage::Database>> open_node(const NodeFolder& folder);

/// A port of 127.0.0.1 that nobody uses now, outside those that the system gives to outgoing connections.
[[nodiscard]] Result<std::uint16_t> free_port(Entropy& entropy);

}  // namespace knoop::bench
