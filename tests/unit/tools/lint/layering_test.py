#!/usr/bin/env python3
"""tools/lint/layering must find what is planted, name file and line, and pass what the design allows."""
import subprocess
import tempfile
import unittest
from pathlib import Path

LAYERING = Path(__file__).resolve().parents[4] / "tools/lint/layering"

# A tree in which every arrow is allowed.
SOUND = {
    "crypto/base/result.h": "#pragma once\n#include <tl/expected.hpp>\n#include <string>\n",
    "crypto/keys.h": '#pragma once\n#include "crypto/base/result.h"\n',
    "crypto/keys.cpp": '#include "crypto/keys.h"\n#include <sodium.h>\n',
    "protocol/codec/codec.cpp": '#include "crypto/keys.h"\n#include <msgpack.hpp>\n',
    "protocol/matching/normalise.cpp": "#include <unicode/normalizer2.h>\n",
    "protocol/matching/rule.h": '#pragma once\n#include "crypto/keys.h"\n#include <chrono>\n#include <fmt/format.h>\n',
    "storage/database.h": '#pragma once\n#include "crypto/keys.h"\n',
    "storage/database.cpp": '#include "storage/database.h"\n#include <sqlite3.h>\n',
    "config/settings.cpp": '#include "crypto/keys.h"\n#include <toml++/toml.h>\n',
    "node/core/loop.h": '#pragma once\n#include "storage/database.h"\n',
    "node/net/socket.cpp": '#include "node/core/loop.h"\n#include <zmq.hpp>\nauto t = std::chrono::steady_clock::now();\n',
    "node/http/server.cpp": '#include "node/core/loop.h"\n#include <boost/beast.hpp>\n#include <nlohmann/json.hpp>\n',
    "node/files/csv.cpp": '#include "node/core/loop.h"\n#include <fstream>\n',
    "tools/knoop/main.cpp": '#include "node/core/loop.h"\n#include "storage/database.h"\n#include <CLI/CLI.hpp>\n#include <unistd.h>\n',
    "tools/knoop-verify/main.cpp": '#include "protocol/matching/rule.h"\n#include <iostream>\n',
    "tests/unit/storage/database_test.cpp": '#include "storage/database.h"\n#include <catch2/catch.hpp>\n#include <sqlite3.h>\n',
}

# (file, line that is planted, words that the finding must hold)
FORBIDDEN = [
    ("crypto/keys.cpp", '#include "protocol/matching/rule.h"', "crypto must not include protocol/matching/rule.h"),
    ("protocol/matching/rule.cpp", '#include "storage/database.h"', "protocol must not include storage/database.h"),
    ("storage/client_repository.cpp", '#include "node/core/loop.h"', "storage must not include node/core/loop.h"),
    ("storage/client_repository.cpp", '#include "config/x.h"', "no file from the root"),
    ("config/card.cpp", '#include "storage/database.h"', "config must not include storage/database.h"),
    ("node/core/loop.cpp", '#include "node/net/socket.h"', "no file from the root"),
    ("node/net/socket.cpp", '#include "storage/database.h"', "node/net must not include storage/database.h"),
    ("node/http/server.cpp", '#include "storage/database.h"', "node/http must not include"),
    ("tools/knoop-verify/main.cpp", '#include "storage/database.h"', "tools/knoop-verify must not include"),
    ("tools/knoop-verify/main.cpp", '#include "node/core/loop.h"', "tools/knoop-verify must not include"),
    ("protocol/matching/rule.cpp", "#include <sodium.h>", "libsodium"),
    ("node/net/socket.cpp", "#  include   <sodium/core.h>", "libsodium"),
    ("protocol/channel/frame.cpp", "#include <msgpack.hpp>", "msgpack"),
    ("protocol/matching/token.cpp", "#include <unicode/unistr.h>", "ICU"),
    ("storage/client_repository.cpp", "#include <sqlite3.h>", "SQLCipher"),
    ("node/core/loop.cpp", "#include <sqlcipher/sqlite3.h>", "SQLCipher"),
    ("node/core/loop.cpp", "#include <zmq.h>", "libzmq"),
    ("config/settings.h", "#include <toml++/toml.h>", "toml++"),
    ("protocol/matching/rule.cpp", "#include <nlohmann/json.hpp>", "nlohmann-json"),
    ("node/core/loop.cpp", "#include <nlohmann/json_fwd.hpp>", "nlohmann-json"),
    ("node/net/socket.cpp", "#include <boost/asio.hpp>", "Boost"),
    ("storage/database.cpp", "#include <openssl/evp.h>", "OpenSSL"),
    ("node/core/loop.cpp", "#include <catch2/catch.hpp>", "Catch2"),
    ("node/core/loop.cpp", "#include <curl/curl.h>", "of no library"),
    ("node/core/loop.cpp", "#include <crypto/keys.h>", 'with "quotes"'),
    ("node/core/loop.cpp", "#include HEADER", "not written out"),
    ("protocol/matching/rule.cpp", "#include <thread>", "protocol may not include <thread>"),
    ("protocol/matching/rule.cpp", "#include <fstream>", "protocol may not include <fstream>"),
    ("protocol/matching/rule.cpp", "#include <random>", "protocol may not include <random>"),
    ("protocol/matching/rule.cpp", "#include <sys/socket.h>", "protocol is pure"),
    ("storage/x.cpp", "auto t = std::chrono::system_clock::now();", "passed in"),
    ("node/core/x.cpp", "std::random_device chance;", "passed in"),
    ("crypto/x.cpp", "crypto_sign_keypair(p, s);", "passed in"),
    ("crypto/x.cpp", "crypto_core_ristretto255_scalar_random(s);", "passed in"),
    ("node/net/x.cpp", "randombytes_buf(p, 32);", "passed in"),
    ("server/x.cpp", "#include <string>", "outside the folders"),
]


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        done = subprocess.run([LAYERING, "--root", folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class LayeringFindsWhatItMust(unittest.TestCase):
    def test_allowed_arrows_pass(self):
        status, output = run(SOUND)
        self.assertEqual(status, 0, output)
        self.assertIn(f"{len(SOUND)} files", output)

    def test_each_forbidden_line_is_found_where_it_stands(self):
        for name, line, words in FORBIDDEN:
            with self.subTest(file=name, line=line):
                text = SOUND.get(name, "")
                status, output = run(SOUND | {name: text + line + "\n"})
                self.assertEqual(status, 1, output)
                where = 1 if name.startswith("server/") else text.count("\n") + 1
                findings = [found for found in output.splitlines() if found.startswith(f"{name}:{where}: ")]
                self.assertEqual(len(findings), 1, output)
                self.assertIn(words, findings[0])

    def test_a_header_may_not_show_its_library_to_another_folder(self):
        status, output = run(SOUND | {
            "storage/database.h": SOUND["storage/database.h"] + '#include "storage/database_handle.h"\n',
            "storage/database_handle.h": "#pragma once\n#include <sqlite3.h>\n",
        })
        self.assertEqual(status, 1, output)
        self.assertIn("node/core/loop.h:2: storage/database.h shows SQLCipher (in storage/database_handle.h) to node/core", output)
        self.assertNotIn("storage/database_handle.h:2", output)

    def test_headers_in_a_circle_are_found(self):
        status, output = run(SOUND | {
            "protocol/a.h": '#include "protocol/b.h"\n', "protocol/b.h": '#include "protocol/a.h"\n'})
        self.assertEqual(status, 1, output)
        self.assertIn("in a circle: protocol/a.h -> protocol/b.h -> protocol/a.h", output)

    def test_words_in_comments_and_texts_are_no_calls(self):
        status, output = run(SOUND | {
            "protocol/x.cpp": '// never system_clock::now()\n/* nor\nstd::random_device */\nauto s = "steady_clock::now";\n'})
        self.assertEqual(status, 0, output)

    def test_seeded_key_pairs_are_allowed_in_crypto(self):
        status, output = run(SOUND | {"crypto/x.cpp": "crypto_sign_seed_keypair(p, s, seed);\n"})
        self.assertEqual(status, 0, output)

    def test_an_empty_tree_is_no_success(self):
        self.assertEqual(run({"README.md": "nothing"})[0], 2)


if __name__ == "__main__":
    unittest.main()
