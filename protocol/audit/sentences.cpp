#include "protocol/audit/sentences.h"

namespace knoop::audit {
namespace {

void fill(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
}

}  // namespace

std::string_view dutch(Event event) {
  switch (event) {
    case Event::log_opened:
      return "Het logboek is begonnen.";
    case Event::log_exported:
      return "{wie} heeft het logboek naar een bestand geschreven, om het te laten controleren.";
    case Event::log_read:
      return "{wie} heeft in het logboek gekeken.";
    case Event::field_erased:
      return "{wie} heeft gegevens over u uit het logboek gewist. Dat het is gewist, blijft zichtbaar.";
    case Event::log_fork_seen:
      return "Het systeem zag dat het logboek van {ander} niet klopt: er zijn twee versies.";
    case Event::log_rollback_seen:
      return "Het systeem zag dat het logboek van {ander} is teruggezet.";
    case Event::log_unwitnessed:
      return "Andere organisaties hebben ons logboek een tijd niet bevestigd.";
    case Event::log_witnessed_again:
      return "Andere organisaties hebben ons logboek weer bevestigd.";
    case Event::log_proof_overdue:
      return "{ander} heeft nog niet bewezen dat een levering in het logboek daar staat.";
    case Event::log_proof_wrong:
      return "Het bewijs van {ander} dat een levering in het logboek daar staat, klopt niet.";
    case Event::hint_raised:
      return "Het systeem zag iets ongewoons en heeft de privacyfunctionaris gevraagd ernaar te kijken.";
    case Event::hint_closed:
      return "{wie} heeft iets ongewoons bekeken en opgeschreven wat het was.";
    case Event::incarnation_seen:
      return "{ander} is een nieuw logboek begonnen, nadat haar gegevens uit een reservekopie zijn "
             "teruggezet.";
    case Event::incarnation_refused:
      return "{ander} is een nieuw logboek begonnen dat niet past bij het oude. Wij delen niets met {ander}.";
    case Event::incarnation_allowed:
      return "{wie} heeft bekeken waarom het nieuwe logboek van {ander} niet past, en het toch toegestaan.";
    case Event::node_started:
      return "Het systeem is gestart.";
    case Event::node_stopped:
      return "Het systeem is gestopt.";
    case Event::config_changed:
      return "{wie} heeft de instellingen veranderd.";
    case Event::keys_created:
      return "Er zijn nieuwe sleutels gemaakt om gegevens te beveiligen.";
    case Event::logged_in:
      return "{wie} heeft zich aangemeld.";
    case Event::log_in_refused:
      return "Iemand probeerde zich aan te melden. Dat is geweigerd.";
    case Event::logged_out:
      return "{wie} heeft zich afgemeld.";
    case Event::account_created:
      return "{wie} heeft een account gemaakt voor iemand die hier werkt.";
    case Event::account_changed:
      return "{wie} heeft het account van iemand die hier werkt veranderd.";
    case Event::account_read:
      return "{wie} heeft bekeken wie hier een account heeft.";
    case Event::second_factor_set:
      return "{wie} heeft een tweede slot op het eigen account gezet.";
    case Event::api_key_created:
      return "{wie} heeft een sleutel gemaakt waarmee een ander programma bij dit systeem mag.";
    case Event::api_key_ended:
      return "{wie} heeft een sleutel van een ander programma ingetrokken.";
    case Event::command_refused:
      return "{wie} wilde iets doen wat niet mag. Het systeem heeft het geweigerd.";
    case Event::clock_stepped:
      return "De klok van het systeem versprong.";
    case Event::clock_confirmed:
      return "De klok van het systeem is nagekeken.";
    case Event::card_installed:
      return "De gegevens van organisatie {ander} zijn bijgewerkt.";
    case Event::convenant_installed:
      return "Er is een nieuwe versie van de afspraken tussen de organisaties.";
    case Event::peer_refused:
      return "Een bericht van {ander} is geweigerd.";
    case Event::dead_letter:
      return "Een bericht van {ander} kon niet worden verwerkt.";
    case Event::dead_letter_handled:
      return "{wie} heeft een bericht van {ander} dat niet kon worden verwerkt met de hand afgehandeld.";
    case Event::preshared_installed:
      return "De beveiliging met {ander} is versterkt.";
    case Event::preshared_removed:
      return "Een extra sleutel met {ander} is weggehaald.";
    case Event::convenant_conflict:
      return "Er zijn twee versies van de afspraken tussen de organisaties. Dat wordt uitgezocht.";
    case Event::convenant_expiring:
      return "De afspraken tussen de organisaties lopen bijna af.";
    case Event::member_left:
      return "Organisatie {ander} doet niet meer mee.";
    case Event::message_void:
      return "Een bericht aan {ander} is niet meer verstuurd.";
    case Event::import_started:
      return "{wie} is begonnen gegevens over te nemen uit ons eigen dossiersysteem.";
    case Event::import_finished:
      return "Gegevens uit ons eigen dossiersysteem zijn overgenomen.";
    case Event::client_created:
      return "{wie} heeft uw gegevens toegevoegd.";
    case Event::client_changed:
      return "{wie} heeft uw gegevens aangepast.";
    case Event::client_read:
      return "{wie} heeft uw gegevens bekeken.";
    case Event::client_searched:
      return "{wie} heeft gezocht in onze eigen gegevens. U stond bij wat werd gevonden.";
    case Event::client_deleted:
      return "{wie} heeft uw gegevens vernietigd.";
    case Event::records_exported:
      return "{wie} heeft een bestand gemaakt met gegevens over u.";
    case Event::subject_reported:
      return "{wie} heeft dit overzicht voor u gemaakt.";
    case Event::involvement_added:
      return "{wie} heeft vastgelegd dat wij bij u betrokken zijn.";
    case Event::involvement_changed:
      return "{wie} heeft aangepast dat wij bij u betrokken zijn.";
    case Event::involvement_closed:
      return "{wie} heeft vastgelegd dat wij niet meer bij u betrokken zijn.";
    case Event::involvement_read:
      return "{wie} heeft bekeken of wij bij u betrokken zijn.";
    case Event::involvement_reminded:
      return "Het systeem herinnerde ons eraan dat bijna afloopt dat wij bij u betrokken zijn.";
    case Event::views_read:
      return "{wie} heeft bekeken wie er allemaal bij u betrokken is en wie de leiding heeft.";
    case Event::match_registered:
      return "Het systeem heeft onherkenbaar aangemeld bij {ander} dat wij iemand helpen. Uw naam en nummer "
             "gaan dan niet mee.";
    case Event::match_found:
      return "Het systeem zag dat {ander} misschien ook bij u betrokken is.";
    case Event::match_read:
      return "{wie} heeft bekeken welke andere organisatie bij u betrokken is.";
    case Event::match_contact_chosen:
      return "{wie} heeft gekozen of wij contact zoeken met {ander}.";
    case Event::match_notice_sent:
      return "Wij hebben {ander} laten weten wie bij ons contactpersoon is.";
    case Event::match_notice_received:
      return "{ander} heeft ons laten weten wie daar contactpersoon is.";
    case Event::match_handled:
      return "{wie} heeft opgeschreven wat er van het contact met {ander} kwam.";
    case Event::match_withdrawn:
      return "Wij hebben bij {ander} ingetrokken dat wij bij u betrokken zijn.";
    case Event::match_evaluation_refused:
      return "Een vergelijking met {ander} is geweigerd.";
    case Event::match_answer_overdue:
      return "{ander} is te laat met een antwoord.";
    case Event::match_resumed:
      return "De vergelijking met {ander} gaat weer door.";
    case Event::match_epoch_opened:
      return "De vergelijking met {ander} is opnieuw begonnen, met nieuwe sleutels.";
    case Event::match_epoch_ended:
      return "Een periode van vergelijken met {ander} is afgelopen.";
    case Event::match_anomaly:
      return "Het systeem zag iets ongewoons bij het vergelijken met {ander}.";
    case Event::match_opened:
      return "Een controleur mocht nagaan of wij terecht hebben gemeld dat wij iemand helpen.";
    case Event::match_openings_exported:
      return "{wie} heeft een bestand gemaakt voor de controleur.";
    case Event::match_reminded:
      return "Wij moesten bijna contact hebben gehad met {ander}.";
    case Event::match_overdue:
      return "Wij hadden nog geen contact gehad met {ander}, en dat was te laat.";
    case Event::match_escalated:
      return "Wij hadden zo lang geen contact gehad met {ander} dat anderen het moesten weten.";
    case Event::match_task_changed:
      return "{wie} heeft opgeschreven wie contact opneemt met {ander}, of wat daaruit kwam.";
    case Event::consent_recorded:
      return "{wie} heeft opgeschreven wat u of uw ouders zeiden over het delen van gegevens.";
    case Event::consent_withdrawn:
      return "{wie} heeft vastgelegd dat een toestemming is ingetrokken.";
    case Event::consent_read:
      return "{wie} heeft bekeken waarvoor toestemming is gegeven.";
    case Event::consent_withdrawal_sent:
      return "Wij hebben {ander} laten weten dat een toestemming is ingetrokken.";
    case Event::consent_withdrawal_received:
      return "{ander} liet ons weten dat een toestemming is ingetrokken.";
    case Event::consent_withdrawal_acknowledged:
      return "{ander} heeft bevestigd dat de toestemming is ingetrokken.";
    case Event::consent_text_added:
      return "{wie} heeft een nieuwe uitleg over toestemming toegevoegd.";
    case Event::consent_policy_set:
      return "{wie} heeft onze regels over toestemming aangepast.";
    case Event::consent_withdrawal_overdue:
      return "{ander} heeft nog niet bevestigd dat een toestemming is ingetrokken. Wij zitten daar "
             "achteraan.";
    case Event::ground_recorded:
      return "{wie} heeft een wettelijke reden vastgelegd om zonder toestemming te delen met {ander}.";
    case Event::ground_reviewed:
      return "{wie} heeft beoordeeld of delen zonder toestemming terecht was.";
    case Event::ground_ended:
      return "{wie} heeft een reden om zonder toestemming te delen beëindigd.";
    case Event::ground_read:
      return "{wie} heeft bekeken of er zonder toestemming mag worden gedeeld.";
    case Event::ground_client_told:
      return "{wie} heeft u of uw ouders verteld dat er zonder toestemming is gedeeld.";
    case Event::ground_telling_postponed:
      return "{wie} heeft uitgesteld om u te vertellen dat er is gedeeld. De reden daarvan is opgeschreven.";
    case Event::ground_overdue:
      return "Wij zijn te laat met nakijken of vertellen dat er zonder toestemming is gedeeld.";
    case Event::consent_statement_sent:
      return "Wij hebben {ander} laten weten wat er is gezegd over het delen van gegevens die {ander} heeft.";
    case Event::consent_statement_received:
      return "{ander} liet ons weten wat er is gezegd over het delen van gegevens die wij hebben.";
    case Event::consent_state_asked:
      return "Wij hebben {ander} gevraagd of een toestemming nog geldt.";
    case Event::consent_state_given:
      return "{ander} vroeg ons of een toestemming nog geldt. Wij hebben alleen dat beantwoord.";
    case Event::consent_state_received:
      return "{ander} heeft gezegd of een toestemming nog geldt.";
    case Event::basis_confirmed:
      return "{wie} heeft nagekeken of uw toestemming nog geldt, nadat gegevens uit een reservekopie zijn "
             "teruggezet.";
    case Event::statement_confirmed:
      return "{wie} heeft nagekeken of een toestemming die {ander} heeft vastgelegd nog geldt, nadat "
             "gegevens "
             "uit een reservekopie zijn teruggezet.";
    case Event::fragment_added:
      return "{wie} heeft een stuk aan uw dossier toegevoegd.";
    case Event::fragment_read:
      return "{wie} heeft een stuk uit uw dossier gelezen.";
    case Event::fragment_changed:
      return "{wie} heeft een stuk in uw dossier aangepast.";
    case Event::fragment_deleted:
      return "{wie} heeft een stuk uit uw dossier vernietigd.";
    case Event::fragment_locked:
      return "Stukken van een andere organisatie over u zijn op slot gezet. Wij kunnen ze niet meer lezen.";
    case Event::fragment_flagged:
      return "Bij een stuk dat wij eerder overnamen staat nu dat de toestemming is ingetrokken.";
    case Event::attachment_stored:
      return "{wie} heeft een bestand aan uw dossier toegevoegd.";
    case Event::attachment_sent:
      return "Wij sturen een bestand over u naar {ander}.";
    case Event::attachment_received:
      return "Wij ontvingen een bestand over u van {ander}.";
    case Event::emergency_read:
      return "{wie} heeft in een noodgeval stukken van een andere organisatie gelezen die waren gesloten. "
             "Iemand "
             "anders kijkt na of dat terecht was.";
    case Event::emergency_reviewed:
      return "{wie} heeft beoordeeld of lezen in een noodgeval terecht was.";
    case Event::emergency_overdue:
      return "Wij zijn te laat met nakijken of lezen in een noodgeval terecht was.";
    case Event::correction_told:
      return "Wij hebben {ander} laten weten dat iets over u niet klopt. Wat wel klopt hebben wij daarbij "
             "niet gegeven.";
    case Event::fragment_corrected:
      return "{ander} liet ons weten dat iets wat wij over u kregen niet klopt.";
    case Event::release_requested:
      return "{wie} heeft gegevens over u gevraagd aan {ander}.";
    case Event::release_request_received:
      return "{ander} heeft ons gegevens over u gevraagd.";
    case Event::release_decided:
      return "{wie} heeft besloten wat {ander} van ons krijgt.";
    case Event::release_offered:
      return "Wij hebben gegevens over u klaargezet voor {ander}. Die kon {ander} toen nog niet lezen.";
    case Event::release_offer_received:
      return "{ander} heeft gegevens over u voor ons klaargezet. Die konden wij toen nog niet lezen.";
    case Event::release_receipt_sent:
      return "Wij hebben getekend voor gegevens van {ander}.";
    case Event::release_receipt_received:
      return "{ander} heeft getekend voor ontvangst.";
    case Event::release_disclosed:
      return "Wij hebben gegevens over u gegeven aan {ander}.";
    case Event::release_received:
      return "Wij hebben gegevens over u gekregen van {ander}.";
    case Event::release_cancelled:
      return "Het geven van gegevens is gestopt voordat iemand ze kon lezen.";
    case Event::release_refused:
      return "{ander} heeft gegevens over u niet gekregen, of wij niet van {ander}.";
    case Event::receipt_exported:
      return "{wie} heeft een bewijs gemaakt van wat wij over u deelden met {ander}.";
    case Event::form_feedback:
      return "{wie} heeft opgeschreven hoe een formulier beviel.";
    case Event::handover_requested:
      return "{wie} heeft {ander} gevraagd uw hulp over te nemen.";
    case Event::handover_request_received:
      return "{ander} heeft ons gevraagd uw hulp over te nemen.";
    case Event::handover_changed:
      return "{wie} heeft een stap gezet in de overdracht van uw hulp.";
    case Event::handover_change_received:
      return "{ander} heeft een stap gezet in de overdracht van uw hulp.";
    case Event::handover_change_refused:
      return "Een stap in de overdracht van uw hulp is geweigerd.";
    case Event::handover_read:
      return "{wie} heeft de overdracht van uw hulp bekeken.";
    case Event::handover_feedback_sent:
      return "Wij hebben {ander} verteld hoe het met de hulp gaat.";
    case Event::handover_feedback_received:
      return "{ander} heeft ons verteld hoe het met de hulp gaat.";
    case Event::handover_closed:
      return "De overdracht van uw hulp is afgerond.";
    case Event::handover_reminded:
      return "Een stap in de overdracht van uw hulp moest bijna gezet zijn.";
    case Event::handover_overdue:
      return "Een stap in de overdracht van uw hulp was te laat.";
    case Event::handover_term_escalated:
      return "Een stap in de overdracht van uw hulp was zo laat dat anderen het moesten weten.";
    case Event::handover_restored:
      return "Na een storing is met {ander} opnieuw vastgelegd hoe ver de overdracht van uw hulp is.";
    case Event::work_read:
      return "{wie} heeft de werklijst bekeken, met wat er voor u gedaan moet worden.";
    case Event::aftercare_watched:
      return "{wie} heeft opgeschreven wanneer uw hulp afloopt, zodat er op tijd een plan voor daarna komt.";
    case Event::aftercare_changed:
      return "{wie} heeft iets aangepast bij het plan voor na uw hulp.";
    case Event::aftercare_due:
      return "Uw hulp loopt over een half jaar af. Er moet nu een plan komen voor daarna.";
    case Event::aftercare_reminded:
      return "Het plan voor na uw hulp moest bijna klaar zijn.";
    case Event::aftercare_overdue:
      return "Het plan voor na uw hulp was te laat.";
    case Event::aftercare_escalated:
      return "Het plan voor na uw hulp was zo laat dat anderen het moesten weten.";
    case Event::aftercare_closed:
      return "{wie} heeft opgeschreven dat het plan voor na uw hulp er is, of waarom het niet nodig is.";
    case Event::aftercare_read:
      return "{wie} heeft bekeken of er een plan is voor na uw hulp.";
    case Event::responsible_changed:
      return "Een medewerker vertrekt. {wie} heeft aan een collega gegeven wat die voor u deed.";
    case Event::professional_left:
      return "{wie} heeft opgeschreven dat een medewerker vertrekt, en wie het werk overneemt.";
    case Event::professional_back:
      return "{wie} heeft opgeschreven dat een medewerker er weer is.";
    case Event::caseload_read:
      return "{wie} heeft bekeken wat een medewerker allemaal doet. U stond daarbij.";
    case Event::destruction_asked:
      return "{wie} heeft gevraagd om gegevens over u te vernietigen.";
    case Event::destruction_approved:
      return "{wie} heeft goedgekeurd dat gegevens over u worden vernietigd.";
    case Event::destruction_cancelled:
      return "{wie} heeft het verzoek om gegevens over u te vernietigen weer ingetrokken.";
    case Event::destruction_done:
      return "Gegevens zijn vernietigd. Twee mensen hebben daarover beslist.";
    case Event::destruction_ordered:
      return "{ander} is gevraagd te vernietigen wat daar over u was gekomen.";
    case Event::destruction_order_received:
      return "{ander} heeft gevraagd te vernietigen wat wij van {ander} over u hadden gekregen.";
    case Event::destruction_proven:
      return "{ander} heeft verklaard wat daar is vernietigd.";
    case Event::destruction_overdue:
      return "{ander} heeft nog niet verklaard dat is vernietigd wat moest worden vernietigd.";
    case Event::destruction_read:
      return "{wie} heeft een vernietiging bekeken.";
    case Event::retention_read:
      return "{wie} heeft bekeken of gegevens over u nog moeten worden bewaard.";
    case Event::subject_request_received:
      return "Uw verzoek over uw gegevens is opgeschreven door {wie}.";
    case Event::subject_request_changed:
      return "{wie} heeft iets bij uw verzoek opgeschreven.";
    case Event::subject_request_closed:
      return "{wie} heeft uw verzoek beantwoord.";
    case Event::subject_request_read:
      return "{wie} heeft uw verzoek bekeken.";
    case Event::subject_request_overdue:
      return "Uw verzoek had al beantwoord moeten zijn.";
  }
  return "";
}

std::string sentence(Event event, Outcome outcome, std::string_view who, std::string_view other) {
  // A name must not be taken for a placeholder itself.
  std::string text(dutch(event));
  if (event == Event::release_decided && outcome == Outcome::refused) {
    outcome = Outcome::success;
    text = "{wie} heeft besloten wat {ander} van ons niet krijgt.";
  }
  std::string name(other.empty() ? std::string_view("een andere organisatie") : other);
  std::string person(who);
  for (std::string* value : {&name, &person})
    for (char& c : *value)
      if (c == '{' || c == '}') c = '|';
  fill(text, "{wie}", person);
  fill(text, "{ander}", name);
  if (outcome == Outcome::refused && event != Event::command_refused && event != Event::log_in_refused)
    text += " Dit is geweigerd.";
  if (outcome == Outcome::failed) text += " Dit is niet gelukt.";
  return text;
}

Matter matter_of(Event event, Action action) {
  switch (event) {
    case Event::match_notice_sent:
    case Event::match_notice_received:
    case Event::release_disclosed:
    case Event::release_received:
    case Event::release_offered:
    case Event::release_offer_received:
    case Event::release_requested:
    case Event::release_request_received:
    case Event::release_decided:
    case Event::release_receipt_sent:
    case Event::release_receipt_received:
    case Event::release_cancelled:
    case Event::release_refused:
    case Event::handover_requested:
    case Event::handover_request_received:
    case Event::handover_changed:
    case Event::handover_change_received:
    case Event::handover_change_refused:
    case Event::handover_feedback_sent:
    case Event::handover_feedback_received:
    case Event::handover_closed:
    case Event::handover_restored:
    case Event::match_found:
    case Event::match_contact_chosen:
    case Event::match_handled:
    case Event::match_withdrawn:
    case Event::records_exported:
    case Event::attachment_sent:
    case Event::attachment_received:
    case Event::receipt_exported:
    case Event::correction_told:
    case Event::fragment_corrected:
      return Matter::shared;
    case Event::consent_recorded:
    case Event::consent_withdrawn:
    case Event::consent_withdrawal_sent:
    case Event::consent_withdrawal_received:
    case Event::consent_withdrawal_acknowledged:
    case Event::consent_text_added:
    case Event::consent_policy_set:
    case Event::consent_withdrawal_overdue:
    case Event::ground_recorded:
    case Event::ground_reviewed:
    case Event::ground_ended:
    case Event::ground_client_told:
    case Event::ground_telling_postponed:
    case Event::ground_overdue:
    case Event::consent_statement_sent:
    case Event::consent_statement_received:
    case Event::consent_state_asked:
    case Event::consent_state_given:
    case Event::consent_state_received:
    case Event::basis_confirmed:
    case Event::statement_confirmed:
    case Event::emergency_reviewed:
    case Event::emergency_overdue:
      return Matter::agreed;
    case Event::client_deleted:
    case Event::fragment_deleted:
    case Event::field_erased:
    case Event::fragment_locked:
    case Event::fragment_flagged:
    case Event::destruction_asked:
    case Event::destruction_approved:
    case Event::destruction_cancelled:
    case Event::destruction_done:
    case Event::destruction_ordered:
    case Event::destruction_order_received:
    case Event::destruction_proven:
    case Event::destruction_overdue:
      return Matter::destroyed;
    case Event::emergency_read:
      return Matter::seen;
    default:
      return action == Action::read ? Matter::seen : Matter::other;
  }
}

}  // namespace knoop::audit
