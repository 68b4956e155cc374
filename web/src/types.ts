// SPDX-License-Identifier: Apache-2.0
// The shapes of the API (spec/openapi.yaml) as the console reads them. A shape that is wrong here is a
// mistake here: the desk is right.

/** "2026-11-20T23:49:00Z" */
export type Time = string;
export type TimeOrNever = Time | 'never';
/** "north.example#12" */
export type MessageId = string;
export type DeskName = string;
/** 64 lower-case hex digits */
export type Hash = string;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Body = { [key: string]: Json };

// Problems (RFC 9457)

export interface FieldProblem {
  field: string;
  why: string;
}
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code?: 'login-required' | 'password-change-required' | 'approval-required' | 'version-conflict' | string;
  fields?: FieldProblem[];
  line?: number;
}

// Session, operators, tokens, audit

export type Role = 'watch' | 'officer' | 'administrator' | 'auditor';
export interface Operator {
  name: string;
  full_name: string;
  roles: Role[];
  disabled: boolean;
  created: Time;
  last_login: TimeOrNever;
  must_change: boolean;
}
export interface Session {
  operator: Operator;
  desk: DeskName;
  expires: Time;
  must_change: boolean;
}
export interface Operators {
  operators: Operator[];
}
export interface NewOperator {
  operator: Operator;
  /** shown once */
  password: string;
  totp_secret: string;
  otpauth: string;
}
export type Scope = 'read' | 'draft' | 'send';
export interface Token {
  id: string;
  name: string;
  by: string;
  scopes: Scope[];
  created: Time;
  /** never: it has no end */
  until: TimeOrNever;
  /** never: it holds */
  revoked: TimeOrNever;
  /** last used, to within some minutes */
  used: TimeOrNever;
}
export interface Tokens {
  tokens: Token[];
}
export interface NewToken {
  id: string;
  /** shown once */
  token: string;
}
export interface AuditEntry {
  index: number;
  time: Time;
  who: string;
  door: string;
  from: string;
  what: string;
  subject?: string;
  channel?: Hash;
  data?: Json;
  hash: Hash;
}
export interface AuditPage {
  entries: AuditEntry[];
  next?: string;
  head: { index: number; hash: Hash };
}
export interface AuditVerify {
  ok: boolean;
  count: number;
  head: Hash | { index: number; hash: Hash };
  why?: string;
}

// The record

export type DeliveryState =
  | 'queued'
  | 'left'
  | 'stored'
  | 'read'
  | 'not-understood'
  | 'understood'
  | 'answered'
  | 'refused'
  | 'overdue';
export interface Delivery {
  to: DeskName;
  state: DeliveryState;
  /** the state for a person, in English */
  words: string;
  receipt?: Time;
}
export type Tlp = 'RED' | 'AMBER+STRICT' | 'AMBER' | 'GREEN' | 'CLEAR';
export interface Attachment {
  blob: Hash;
  size: number;
}
/** What an attachment that is a CSAF 2.0 advisory says of itself; or how it breaks its schema. */
export interface Advisory {
  blob: Hash;
  id?: string;
  title?: string;
  tlp?: 'WHITE' | 'GREEN' | 'AMBER' | 'RED';
  breach?: string;
}
export type Flag = 'malformed' | 'unreadable' | 'skewed' | 'late' | 'waiting';
export interface Evidence {
  commit: MessageId;
  open: MessageId;
  matches: boolean;
  held?: boolean;
}
export interface Reply {
  id: MessageId;
  kind: string;
  author: DeskName;
  sent: Time;
  body?: Body;
  evidence?: Evidence;
}
export interface Message {
  id: MessageId;
  position?: number;
  author: DeskName;
  index: number;
  own: boolean;
  kind?: string;
  sent?: Time;
  line?: string;
  tlp?: Tlp;
  re?: MessageId;
  to?: DeskName[];
  attachments?: Attachment[];
  body?: Body;
  body_text?: string;
  flags: Flag[];
  why?: string;
  delivery?: Delivery[];
  opened?: boolean;
  /** only of one message asked for */
  entry_base64?: string;
  advisories?: Advisory[];
  evidence?: Evidence;
  replies?: Reply[];
  /** those it started, as they are now */
  duties?: Duty[];
}
/** A message without its content, for lists. */
export interface Row {
  id: MessageId;
  position: number;
  author: DeskName;
  own: boolean;
  kind?: string;
  sent?: Time;
  line?: string;
  tlp?: Tlp;
  re?: MessageId;
  to?: DeskName[];
  /** first line of what it says, at most 160 characters */
  title: string;
  flags: Flag[];
  attachments: number;
  opened?: boolean;
  /** of an own message: the worst delivery state */
  state?: DeliveryState;
  overdue?: boolean;
  /** only of kind signal, and in incidents */
  body?: Body;
}
/** What stands in lists over all channels. */
export interface InChannel {
  channel: Hash;
  channel_title: string;
}
export interface MessagePage<M = Row> {
  channel: Hash;
  title?: string;
  /** messages in the channel, without filters */
  total: number;
  /** the `from` of the next page */
  next?: number;
  /** asked with `before`: the `before` of the page in front of this one */
  previous?: number;
  messages: M[];
}
export type DutyState = 'waiting' | 'running' | 'held' | 'met' | 'overdue' | 'cancelled' | 'left';
export interface Duty {
  state: DutyState;
  question?: MessageId;
  on?: string;
  /** seconds, of a periodic duty */
  every?: number;
  creditor?: DeskName;
  debtor: DeskName;
  owe: string[];
  start?: Time;
  by_word_alone?: boolean;
  deadline?: Time;
  seconds_left?: number;
  receipt?: MessageId;
  holding?: MessageId;
  answer?: MessageId;
  answered?: Time;
  late?: boolean;
  cancel?: MessageId;
}
export interface Duties {
  channel: Hash;
  title: string;
  time: Time;
  duties: Duty[];
  more: boolean;
}
export type ProposalState = 'offered' | 'accepted' | 'in force' | 'declined' | 'withdrawn' | 'ended';
export interface ProposalEntry {
  entry: MessageId;
  sent: Time;
}
export interface ProposalMember {
  desk: DeskName;
  state: ProposalState;
  since?: Time;
  end?: Time;
  answer?: ProposalEntry;
  withdrawal?: ProposalEntry;
}
export interface ProposalFacts {
  id: MessageId;
  by: DeskName;
  sent: Time;
  re?: MessageId;
  from?: Time;
  until?: Time;
  reciprocal?: boolean;
  state: ProposalState;
  waiting?: boolean;
  withdrawal?: ProposalEntry;
  members: ProposalMember[];
  ignored?: { entry: MessageId; kind: string; why: string }[];
  linked?: { entry: MessageId; kind: string }[];
  ignored_total?: number;
  linked_total?: number;
}
export interface Proposal {
  facts: ProposalFacts;
  body?: Body;
  translations: { entry: MessageId; body: Body }[];
  receipts: { entry: MessageId; from: DeskName; time: Time }[];
}
export interface Minutes extends Proposal {
  agreed: boolean;
}
export interface Consultation extends Proposal {
  minutes: Minutes[];
}
export interface Consultations {
  channel: Hash;
  title: string;
  time: Time;
  consultations: Consultation[];
  more?: boolean;
}
/** GET /api/pledges: of all channels */
export interface Pledges {
  pledges: (Proposal & InChannel)[];
  more?: boolean;
}
/** GET /api/pledge-texts: bodies of pledge.offer to start from */
export interface PledgeTexts {
  pledges: { name: string; body: Body }[];
}
export interface ChannelPledges {
  channel: Hash;
  title: string;
  time: Time;
  pledges: Proposal[];
  more?: boolean;
}

// Cards, channels, state

export interface Card {
  name: DeskName;
  /** twelve groups of five digits */
  fingerprint: string;
  serial: number;
  date: Time;
  urls: string[];
  note: string;
}
export interface PeerState {
  compared: boolean;
  trust: 'compared' | 'vouched for by the charter';
  last_heard: TimeOrNever;
  last_error: string;
}
export type PeerCard = Card & PeerState;
export interface Cards {
  cards: PeerCard[];
}
export type LogState = 'waiting' | 'ready' | 'frozen';
export interface Log {
  desk: DeskName;
  origin: string;
  own: boolean;
  state: LogState;
  why?: string;
  entries: number;
  signed: number;
  cosigned: number;
  cosigned_root?: Hash;
  cosigned_time: TimeOrNever;
  last_check: TimeOrNever;
  equivocating: boolean;
}
export interface ChannelReceipt {
  member: DeskName;
  size: number;
  time: TimeOrNever;
  reachable: boolean;
  queued: number;
}
export interface AskedWitness {
  name: string;
  url: string;
  size: number;
  time: TimeOrNever;
  last_error: string;
}
export interface Channel {
  id: Hash;
  short: string;
  title: string;
  open: boolean;
  logs: Log[];
  receipts: ChannelReceipt[];
  asked_witnesses?: AskedWitness[];
}
export interface Channels {
  channels: Channel[];
}
export interface Member {
  name: DeskName;
  fingerprint: string;
  signed: boolean;
  left?: boolean | Time;
  languages: string[];
}
export interface CharterDuty {
  on?: string;
  /** seconds, or a duration as the charter writes it */
  every?: number | string;
  owe: string[];
  within: number | string;
  grace?: number | string;
}
/** GET /api/channels/C */
export interface ChannelDetail extends Channel {
  date: Time;
  lines: string[];
  languages: string[];
  members: Member[];
  /** "all", the kinds that a second person must approve, or nothing */
  approval?: 'all' | string[];
  limits?: { [name: string]: number };
  release?: Json;
  codebooks?: Hash[];
  kinds_allowed?: string[];
  duties: CharterDuty[];
  witnesses: Json;
  note: string;
}
export interface Charter {
  digest: Hash;
  title: string;
  date: Time;
  in_force: boolean;
  /** how many signatures lack */
  missing: number;
  first_missing?: DeskName;
  note: string;
}
export interface Charters {
  charters: Charter[];
}
export interface StatusPeer extends PeerState {
  name: DeskName;
}
export interface Status {
  desk: DeskName;
  version: string;
  time: Time;
  warnings: string[];
  evidence: number;
  peers: StatusPeer[];
  channels: Channel[];
  counters: { [name: string]: number };
}

// Pouches

/** POST /api/channels/C/pouches/DESK?part_size=N */
export interface SealedPouch {
  from: DeskName;
  to: DeskName;
  channel: Hash;
  pouch: Hash;
  /** base64 */
  sealed: string;
  /** what stands before the bytes of each part */
  heads: string[];
  /** there is more */
  next?: string;
}
/** POST /api/pouches */
export interface PouchArrival {
  pouch: Hash;
  from: DeskName;
  channel: Hash;
  part: number;
  parts: number;
  /** parts that are here */
  held: number;
  state: 'parts' | 'early' | 'taken';
  begins?: number;
  entries_before?: number;
  entries?: number;
  lacking?: number;
  receipts_before?: number;
  receipts?: number;
  /** pouches that lay here and were taken after it */
  taken_too?: Hash[];
}
export interface PouchGap {
  first: number;
  last: number;
}
export interface WaitingPouch {
  pouch: Hash;
  from: DeskName;
  channel: Hash;
  size: number;
  parts: number;
  held: number;
  state: 'parts' | 'early';
  came: Time;
  /** the first of what lacks */
  missing: PouchGap[];
}
export interface WaitingPouches {
  pouches: WaitingPouch[];
}

// Drafts

export interface DraftMessage {
  kind: string;
  to?: DeskName[];
  line?: string;
  tlp?: Tlp;
  re?: MessageId;
  body?: Body;
}
export type DraftState = 'editing' | 'approval' | 'returned' | 'sent' | 'discarded';
export interface DraftAttachment {
  id: string;
  name: string;
  size: number;
}
export interface Draft extends InChannel {
  id: string;
  by: string;
  created: Time;
  changed: Time;
  changed_by: string;
  version: number;
  state: DraftState;
  /** in /api/now without its body */
  message: DraftMessage;
  attachments: DraftAttachment[];
  /** a second person must approve it */
  approval: boolean;
  asked?: { by: string; time: Time };
  returned?: { by: string; time: Time; reason: string };
  approved?: { by: string; time: Time };
  sent?: MessageId;
  problems: FieldProblem[];
}
export interface Drafts {
  drafts: Draft[];
  next?: string;
}
export interface Recipient {
  desk: DeskName;
  owes: string[];
  languages: string[];
  can_read: boolean;
  reachable: boolean;
  last_heard: TimeOrNever;
}
export interface DraftCheck {
  problems: FieldProblem[];
  approval: boolean;
  recipients: Recipient[];
}

// Now, alarms, notes, handovers

export interface NowDuty extends Duty, InChannel {
  /** this desk owes it */
  mine: boolean;
  title: string;
  kind?: string;
  /** only of kind signal */
  body?: Body;
}
export interface Failed extends InChannel {
  id: MessageId;
  kind: string;
  title: string;
  /** only of kind signal */
  body?: Body;
  sent: Time;
  to: DeskName;
  state: DeliveryState;
  words: string;
  why: string;
}
export type AlarmWhat = 'duty' | 'overdue' | 'unread' | 'failed' | 'fork' | 'frozen' | 'approval';
export interface Alarm {
  id: string;
  what: AlarmWhat;
  channel?: Hash;
  channel_title?: string;
  /** a message, a draft or a desk */
  subject: string;
  /** of a message: what it is, what it says in one line, and of a signal its body */
  kind?: string;
  title?: string;
  body?: Body;
  since: Time;
  until?: Time;
  words: string;
  taken?: { by: string; time: Time };
  muted?: { by: string; until: Time };
}
export interface Alarms {
  alarms: Alarm[];
}
export interface NowPeer extends InChannel {
  name: DeskName;
  last_check: TimeOrNever;
  last_heard: TimeOrNever;
  receipt_time: TimeOrNever;
  reachable: boolean;
  queued: number;
  /** days since its card */
  key_days: number;
  error: string;
}
export interface OwnState {
  channel: Hash;
  channel_title?: string;
  /** closed: the charter lacks signatures; refused: what waited can't be sent any more */
  state: 'waiting' | 'frozen' | 'closed' | 'refused' | 'ready';
  why?: string;
}
export interface Now {
  time: Time;
  desk: DeskName;
  duties: NowDuty[];
  duties_total: number;
  unread: (Row & InChannel)[];
  unread_total: number;
  failed: Failed[];
  failed_total: number;
  approvals: Draft[];
  alarms: Alarm[];
  peers: NowPeer[];
  own_state: OwnState[];
  /** false: some seconds after a start, while duties are still being listed */
  complete?: boolean;
}
export interface Notes {
  text: string;
  version: number;
  by: string;
  time: TimeOrNever;
}
export interface HandoverSnapshot {
  duties: NowDuty[];
  alarms: Alarm[];
  approvals: Draft[];
  peers: NowPeer[];
  unread_total: number;
  failed: Failed[];
}
export type HandoverState = 'offered' | 'accepted' | 'withdrawn';
export interface Handover {
  id: string;
  by: string;
  to: string;
  time: Time;
  state: HandoverState;
  accepted?: Time;
  notes: string;
  note?: string;
  snapshot: HandoverSnapshot;
}
export interface Handovers {
  handovers: Handover[];
  next?: string;
}

// Catalogue

/** A text by language, as the catalogue has it. */
export type Texts = { [language: string]: string };
export interface Choice {
  value: string;
  label: Texts;
  form?: string;
}
export interface KindField {
  name: string;
  type: string;
  required?: boolean;
  min?: number;
  max?: number;
  label: Texts;
  help?: Texts;
  /** the choices, or the name of a list in `choices` */
  choices?: Choice[] | string;
  /** the field whose value's `form` this text takes */
  by?: string;
  of?: Omit<KindField, 'name' | 'label'> & { fields?: KindEntry[] };
  fields?: KindEntry[];
}
/** A field, or the name of a group of fields in `groups`. */
export type KindEntry = KindField | { group: string };
export interface Kind {
  name: string;
  automatic: boolean;
  body: 'required' | 'optional' | 'none';
  re: 'required' | 'optional' | 'none';
  /** the kinds it may answer; "person": any that a person writes; absent: any */
  answers?: string[] | 'person';
  starts: boolean;
  meets: boolean;
  always?: boolean;
  label: Texts;
  help: Texts;
  fields: KindEntry[];
}
export interface Catalogue {
  aldis: number;
  languages: string[];
  types: { [name: string]: Texts };
  words: { [name: string]: Texts };
  choices: { [name: string]: Choice[] };
  groups: { [name: string]: KindField[] };
  kinds: Kind[];
}

// Incidents, record, rosters

export interface Incident extends InChannel {
  id: MessageId;
  title: string;
  author: DeskName;
  sent: Time;
  /** as in the catalogue, or '' */
  stage: string;
  severity: string;
  closed: boolean;
  /** of the close */
  outcome?: string;
  cancelled: boolean;
  /** that people wrote */
  messages: number;
  open_duties: number;
  last: Time;
}
export interface Incidents {
  time: Time;
  incidents: Incident[];
  total: number;
  next?: string;
}
export interface IncidentDetail {
  facts: Incident;
  times: { detected: TimeOrNever; start: TimeOrNever; end: TimeOrNever };
  incident: Message;
  /** in the joint order, also what desks wrote by themselves */
  messages: Message[];
  /** there are more than 5000 */
  more: boolean;
  duties: Duty[];
}
export interface RecordLog extends Log {
  /** a successor has taken over */
  ended: boolean;
  /** its owner wrote `leave` */
  left: boolean;
  /** of the own log by the others, of another by this desk */
  receipts: { member: DeskName; size: number; time: TimeOrNever }[];
  /** neutral ones that are asked about the own log */
  witnesses: { name: string; size: number; time: TimeOrNever; last_error?: string }[];
}
export interface Verify {
  state: 'never' | 'running' | 'sound' | 'broken';
  /** entries */
  done: number;
  total: number;
  started: TimeOrNever;
  ended: TimeOrNever;
  /** looked at so far */
  bodies?: number;
  attachments?: number;
  checkpoints?: number;
  cosignatures?: number;
  /** sentences of the desk, in English */
  findings: string[];
}
export interface StatementBody {
  from: Time;
  to: Time;
  entries: number;
  logs: { desk: DeskName; size: number; root: string }[];
}
export interface ChannelRecord {
  channel: Hash;
  channel_title: string;
  time: Time;
  logs: RecordLog[];
  /** the body of a record statement as it could be sent now */
  statement: StatementBody | null;
  /** why there is none */
  statement_why?: string;
  verify: Verify;
}
export interface Roster {
  desk: DeskName;
  id: MessageId;
  sent: Time;
  body: Body;
}
export interface Rosters {
  rosters: Roster[];
}

// Alerts

export interface AlertsEmail {
  url: string;
  tls: 'none' | 'starttls' | 'tls';
  from: string;
  to: string[];
  name?: string;
  /** only sent; left out, the one that the desk has stays as long as the URL does */
  password?: string;
  /** only read */
  has_password?: boolean;
}
export interface AlertsWebhook {
  url: string;
  /** as password; null makes a new one */
  secret?: string | null;
  has_secret?: boolean;
}
export interface AlertsSettings {
  email: AlertsEmail | null;
  webhook: AlertsWebhook | null;
  content: boolean;
  what: AlarmWhat[];
  repeat_minutes: number;
}
/** How sending one way goes. */
export interface AlertsWay {
  queued: number;
  last_sent: TimeOrNever;
  failing_since: TimeOrNever;
  last_error: string;
  given_up: number;
}
export interface Alerts extends AlertsSettings {
  /** that was just made: told this once */
  webhook_secret?: string;
  state: { email: AlertsWay; webhook: AlertsWay };
}

// Events

/** One event of GET /api/events: that something changed, never what. */
export interface LiveEvent {
  type: string;
  channel?: Hash;
  id?: string;
  done?: number;
  total?: number;
}

// Releases

export type ReleaseGrade = 'one-sided' | 'by-originator' | 'joint';
export interface ReleaseAnswer {
  desk: DeskName;
  answer: 'none' | 'consented' | 'refused';
  /** its consent makes the release joint */
  needed: boolean;
  message?: MessageId;
  sent?: Time;
}
/** What a manifest shows, and who has answered to it. */
export interface ReleaseLook {
  manifest: Hash;
  by: DeskName;
  made: Time;
  rule: 'confidential' | 'originator' | 'joint';
  title: string;
  cover: { en?: string; id?: string };
  counts: { full: number; envelope: number; withheld: number };
  attachments: Hash[];
  answers: ReleaseAnswer[];
  grade: ReleaseGrade;
}
/** One sentence on what is shown or given away, and what it is made of. */
export interface ReleaseWord {
  topic: 'log' | 'ended' | 'marked' | 'envelope' | 'named' | 'named-more' | 'seen' | 'attachments' | 'texts';
  /** English */
  sentence: string;
  desk?: DeskName;
  /** index in the id of a log's first entry */
  from?: number;
  shown?: boolean;
  entries?: number;
  full?: number;
  envelope?: number;
  withheld?: number;
  runs?: string;
  message?: MessageId;
  kind?: string;
  sent?: Time;
  tlp?: boolean;
  mark?: string;
  named?: MessageId;
  answers?: string[];
  count?: number;
  size?: number;
}
export interface Release extends ReleaseLook {
  request?: MessageId;
  /** the manifest */
  text: string;
  words: ReleaseWord[];
}
export type ListedRelease = { request: MessageId; sent: Time; why?: string } & Partial<ReleaseLook>;
export interface Releases {
  releases: ListedRelease[];
  /** there are others before these */
  more: boolean;
  /** where these begin: `before` of the next page */
  next?: number;
}
