#include "protocol/exchange/attachments.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "crypto/base/utf8.h"
#include "crypto/hash.h"
#include "protocol/channel/padding.h"

using namespace knoop;
using namespace knoop::exchange;
using namespace std::string_literals;

namespace {

std::string clean(const std::string& name, const std::string& type = "application/pdf") {
  return clean_file_name(name, type);
}

records::Fragment fragment_with(const std::string& content) {
  records::Fragment fragment;
  fragment.category = Category::attachments;
  fragment.schema = 1;
  fragment.content = content;
  return fragment;
}

}  // namespace

TEST_CASE("a name of a file is one name, whatever a peer wrote") {
  CHECK(clean("verslag.pdf") == "verslag.pdf");
  CHECK(clean("Plan van aanpak (2).PDF") == "Plan van aanpak (2).pdf");
  CHECK(clean("../../etc/passwd") == "passwd.pdf");
  CHECK(clean("C:\\Windows\\system32\\a.pdf") == "a.pdf");
  CHECK(clean("map/") == "bijlage.pdf");
  CHECK(clean("") == "bijlage.pdf");
  CHECK(clean("..") == "bijlage.pdf");
  CHECK(clean(".bashrc") == "bashrc.pdf");
  CHECK(clean("-rf") == "rf.pdf");
  CHECK(clean("a\x00\x1b[31mb\x7f.pdf"s) == "a[31mb.pdf");
  CHECK(clean("a\xC2\x9B"
              "b.pdf") == "ab.pdf");
  CHECK(clean("foto\xE2\x80\xAEgpj.exe", "image/jpeg") ==
        "fotogpj.exe.jpg");  // what is shown says what it is
  CHECK(clean("a\xE2\x80\x8B\xEF\xBB\xBF.png", "image/png") == "a.png");
  CHECK(clean("een:twee|drie?.pdf") == "een_twee_drie_.pdf");
  CHECK(clean("rapport.pdf.exe") == "rapport.pdf.exe.pdf");
  CHECK(clean("foto.jpeg", "image/jpeg") == "foto.jpeg");
  CHECK(clean("a. . .pdf") == "a.pdf");
  CHECK(clean("\xFF\xFE") == "bijlage.pdf");
  CHECK(clean("kind \xC3\xA9\xC3\xA9n.pdf") == "kind \xC3\xA9\xC3\xA9n.pdf");
  std::string twos;
  for (int i = 0; i < 200; ++i) twos += "\xC3\xA9";
  CHECK(clean(twos).size() <= longest_file_name);
  CHECK(is_utf8(clean(twos)));
}

TEST_CASE("property: a cleaned name is clean, short, and stays as it is") {
  rc::check([](const std::string& name) {
    for (const std::string type : {"application/pdf", "image/jpeg", "image/png"}) {
      const std::string once = clean_file_name(name, type);
      RC_ASSERT(once == clean_file_name(once, type));
      RC_ASSERT(!once.empty());
      RC_ASSERT(once.size() <= longest_file_name);
      RC_ASSERT(is_utf8(once));
      RC_ASSERT(once.find_first_of("/\\\n\r\t") == std::string::npos);
      RC_ASSERT(once.front() != '.');
    }
  });
}

TEST_CASE("what a fragment says of its file is read strictly") {
  const AttachmentFacts facts{"a.pdf", "application/pdf", 245'765, sha256(Bytes{1})};
  const std::string content = attachment_content(facts, "Verslag");
  const auto read = attachment_of(fragment_with(content));
  REQUIRE(read);
  CHECK(read->name == "a.pdf");
  CHECK(read->bytes == 245'765);
  CHECK(read->root == facts.root);
  CHECK(read->pieces() == 2);
  CHECK(read->size_of(0) == piece_size);
  CHECK(read->size_of(1) == 5);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string other = content;
    const auto at = other.find(from);
    REQUIRE(at != std::string::npos);
    return attachment_of(fragment_with(other.replace(at, from.size(), to)));
  };
  CHECK_FALSE(with("245765", "0"));
  CHECK_FALSE(with("245765", "-1"));
  CHECK_FALSE(with("245765", "52428801"));
  CHECK_FALSE(with("245765", "\"245765\"x"));
  CHECK_FALSE(with("application/pdf", "text/html"));
  CHECK_FALSE(with(facts.root.hex(), "00"));
  CHECK_FALSE(attachment_of(fragment_with("{}")));
  records::Fragment newer = fragment_with(content);
  newer.schema = 2;  // may mean something else by the same names
  CHECK_FALSE(attachment_of(newer));
  records::Fragment other = fragment_with(content);
  other.category = Category::help;
  CHECK_FALSE(attachment_of(other));
}

TEST_CASE("only PDF, JPEG and PNG begin like what can be attached") {
  const auto begins = [](const std::string& type, std::string_view bytes) {
    return begins_like(type, to_bytes(bytes));
  };
  CHECK(begins("application/pdf", "%PDF-1.7"));
  CHECK(begins("image/jpeg", "\xFF\xD8\xFF\xE0"));
  CHECK(begins("image/png", "\x89PNG\r\n\x1A\n"));
  CHECK_FALSE(begins("application/pdf", " %PDF-1.7"));
  CHECK_FALSE(begins("application/pdf", "%PDF"));
  CHECK_FALSE(begins("image/png", "%PDF-1.7"));
  CHECK_FALSE(begins("image/svg+xml", "<svg"));
  CHECK_FALSE(begins("application/pdf", ""));
}

TEST_CASE("docs/spec/attachments.md: the worked example, and the largest piece fits its class") {
  Bytes file = to_bytes(std::string_view("%PDF-1.7\n"));
  for (std::size_t i = file.size(); i < 245'765; ++i) file.push_back(static_cast<Byte>(i * 7 + i / 251));
  const ByteView view(file);
  const std::array hashes{sha256(view.first(piece_size)), sha256(view.subspan(piece_size))};
  CHECK(root_of(hashes).hex() == "ffb88978c38fa20127e149a3881d59812b18326e1f9bc79637c926b7acc6576a");

  const AttachmentPiece largest{{}, {}, 0, std::vector<Hash256>(most_pieces), Bytes(piece_size)};
  CHECK(encode(largest).size() + 1000 < 256UL * 1024);
  CHECK(most_pieces == 214);
}

TEST_CASE("pieces and questions are decoded strictly") {
  const auto bytes = [](std::size_t size) { return AttachmentPiece{{}, {}, 0, {}, Bytes(size)}; };
  CHECK(decode<AttachmentPiece>(encode(bytes(0))));
  CHECK(decode<AttachmentPiece>(encode(bytes(piece_size))));
  Bytes trailing = encode(AttachmentWanted{});
  CHECK(decode<AttachmentWanted>(trailing));
  trailing.push_back(0);
  CHECK_FALSE(decode<AttachmentWanted>(trailing));
  CHECK_FALSE(decode<AttachmentPiece>(encode(AttachmentWanted{})));
}
