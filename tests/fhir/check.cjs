#!/usr/bin/env node
// Checks FHIR resources, one a line on stdin:
//  - each against FHIR R4 (4.0.1) by the npm package "fhir", which brings the specification's own definitions and value sets;
//  - an AuditEvent that claims a profile of IHE Basic Audit Log Patterns against that profile. No validator of npm knows these profiles:
//    the checks below are written from the profiles as IHE publishes them (BALP 1.1), rule by rule.
// At the end it breaks resources on purpose, and fails when that is not noticed.
const { Fhir } = require('fhir');

const validator = new Fhir();
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

function base(resource) {
  const result = validator.validate(resource, { errorOnUnexpected: true });
  return result.messages.filter((m) => m.severity === 'error' || m.severity === 'fatal').map((m) => `${m.location}: ${m.message}`);
}

const has = (coding, system, code) => coding && coding.system === system && coding.code === code;
const typed = (agents, system, code) => agents.filter((a) => (a.type?.coding ?? []).some((c) => has(c, system, code)));

function patient(event, wrong) {
  const found = event.entity.filter((e) => has(e.type, 'http://terminology.hl7.org/CodeSystem/audit-entity-type', '1'));
  if (found.length !== 1) wrong('must have one patient');
  for (const one of found) {
    if (!has(one.role, 'http://terminology.hl7.org/CodeSystem/object-role', '1')) wrong('the patient must be in the role of patient');
    if (one.what?.type !== 'Patient') wrong('the patient must be a reference to a Patient');
  }
}

function machine(agents, code, wrong) {
  const found = typed(agents, dicom, code);
  if (found.length !== 1) wrong(`must have one agent ${code}`);
  if (!found[0]?.who || !found[0]?.network || found[0]?.media) wrong(`agent ${code} must have who and network, and no media`);
  return found[0];
}

const interactions = {
  Read: { action: 'R', code: 'read', client: '110152', server: '110153', users: ['IRCP'] },
  Create: { action: 'C', code: 'create', client: '110153', server: '110152', users: ['AUT', 'INF', 'CST'] },
  Update: { action: 'U', code: 'update', client: '110153', server: '110152', users: ['AUT', 'INF', 'CST'] },
  Delete: { action: 'D', code: 'delete', client: '110153', server: '110152', users: ['AUT', 'INF', 'CST'] },
};

function balp(event) {
  const errors = [];
  for (const url of event.meta?.profile ?? []) {
    const name = url.split('IHE.BasicAudit.')[1] ?? '';
    const wrong = (what) => errors.push(`${name}: ${what}`);
    if (event.outcome === undefined || !event.recorded) wrong('outcome and recorded must be there');
    if (name.startsWith('PrivacyDisclosure.')) {
      const source = name.endsWith('Source');
      if (!has(event.type, dicom, source ? '110106' : '110107')) wrong('wrong type');
      if (event.action !== (source ? 'R' : 'C')) wrong('wrong action');
      if (!event.subtype.some((s) => has(s, 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', 'disclose'))) wrong('no disclosure');
      const from = machine(event.agent, '110153', wrong);
      const to = machine(event.agent, '110152', wrong);
      const itself = source ? from : to;
      if (JSON.stringify(itself?.who) !== JSON.stringify(event.source.observer)) wrong('must be recorded by that side itself');
      if (event.entity.length < 2) wrong('must have a patient and data');
      patient(event, wrong);
      continue;
    }
    const rule = interactions[name.replace(/^Patient/, '')];
    if (!rule) {
      wrong('is no profile that is checked here');
      continue;
    }
    if (!has(event.type, 'http://terminology.hl7.org/CodeSystem/audit-event-type', 'rest')) wrong('wrong type');
    if (!event.subtype.some((s) => has(s, 'http://hl7.org/fhir/restful-interaction', rule.code))) wrong('wrong subtype');
    if (event.action !== rule.action) wrong('wrong action');
    if (event.outcome !== '0') wrong('is for successes only');
    machine(event.agent, rule.client, wrong);
    machine(event.agent, rule.server, wrong);
    const users = event.agent.filter((a) => a.requestor);
    if (users.length > 1) wrong('must have one user at most');
    for (const user of users)
      if (!user.who || user.network || user.media || !rule.users.some((code) => typed([user], participation, code).length)) wrong('the user is not described as it must be');
    const data = event.entity.filter((e) => has(e.type, 'http://terminology.hl7.org/CodeSystem/audit-entity-type', '2'));
    if (data.length !== 1 || !data[0].what || !['3', '4', '20'].includes(data[0].role?.code)) wrong('must have one data entity');
    if (name.startsWith('Patient')) patient(event, wrong);
  }
  return errors;
}

const errorsOf = (resource) => [...base(resource), ...(resource.resourceType === 'AuditEvent' ? balp(resource) : [])];

const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter((line) => line);
const kinds = {};
const profiles = new Set();
let bad = 0;
for (const line of lines) {
  const resource = JSON.parse(line);
  kinds[resource.resourceType] = (kinds[resource.resourceType] ?? 0) + 1;
  for (const url of resource.meta?.profile ?? []) profiles.add(url.split('IHE.BasicAudit.')[1]);
  for (const error of errorsOf(resource)) {
    bad += 1;
    console.error(`${resource.resourceType}/${resource.id}: ${error}`);
  }
}
for (const kind of ['AuditEvent', 'Consent', 'Provenance']) if (!kinds[kind]) (bad += 1), console.error(`no ${kind} to check`);
for (const profile of ['PatientRead', 'PatientCreate', 'PatientUpdate', 'PatientDelete', 'Read', 'PrivacyDisclosure.Source', 'PrivacyDisclosure.Recipient'])
  if (!profiles.has(profile)) (bad += 1), console.error(`no AuditEvent of ${profile} to check`);

// What must be noticed.
const breakages = {
  AuditEvent: [(r) => delete r.recorded, (r) => (r.action = 'Q'), (r) => (r.surprise = 1), (r) => (r.agent = []), (r) => (r.outcome = '1')],
  Consent: [(r) => (r.status = 'maybe'), (r) => delete r.scope, (r) => (r.provision.type = 'perhaps')],
  Provenance: [(r) => delete r.target, (r) => (r.entity[0].role = 'friend'), (r) => delete r.agent],
};
for (const [kind, all] of Object.entries(breakages)) {
  const sample = lines.map((line) => JSON.parse(line)).find((r) => r.resourceType === kind && (kind !== 'AuditEvent' || (r.meta?.profile ?? [''])[0].endsWith('PatientRead')));
  for (const change of sample ? all : []) {
    const broken = structuredClone(sample);
    change(broken);
    if (errorsOf(broken).length === 0) (bad += 1), console.error(`${kind}: ${change} was not noticed`);
  }
}
console.log(`${lines.length} resources, ${profiles.size} profiles, ${bad} findings`);
process.exit(bad === 0 ? 0 : 1);
