/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of commands: their words on the screen stand here and nowhere else.
 */
#include "cli/commands.h"

const struct command cli_commands[] = {
    {"init",
     "DIR --name NAME [--listen ADDRESS:PORT] [--url URL]… [--console ADDRESS] "
     "[--console-url URL] [--language CODE]… [--witness] [--root DIR] [--passphrase-file "
     "FILE]",
     "make a new desk: folder, keys, signed card", false, cmd_init},
    {"root",
     "init DIR --name NAME [--passphrase-file FILE] | sign DIR FILE "
     "[--previous FILE] [--key-change] [--passphrase-file FILE]",
     "keep the root key apart, and sign with it", false, cmd_root},
    {"card", "", "print the desk's card, to hand over", true, cmd_card},
    {"fingerprint", "[FILE]", "print a card's digits, to read out", false,
     cmd_fingerprint},
    {"trust", "CARD [--compared]", "trust another desk, once its digits are compared",
     true, cmd_trust},
    {"charter",
     "draft --member CARD… [--template NAME|FILE] [--title TEXT] | draft --amend "
     "CHANNEL [--member CARD]… [--history none] [--remove DESK]… [--template "
     "NAME|FILE] [--title TEXT] | sign FILE [--previous FILE] [--passphrase-file "
     "FILE] | join FILE [-o FILE] | show CHANNEL [--text]",
     "agree on a channel: draft, sign, join, amend, show", true, cmd_charter},
    {"key", "new [--role ROLE]… | change NOTE | use NOTE",
     "change the desk's keys: make, announce, take into use", true, cmd_key},
    {"send",
     "CHANNEL KIND [--body FILE|-] [--attach FILE]… [--commit FILE] [--re ID] "
     "[--line LINE] [--tlp MARK] [--to DESK]… [--wait SECONDS] [--key KEY] | CHANNEL "
     "KIND --template | --stream CHANNEL [--key KEY]",
     "send a message and print its id", true, cmd_send},
    {"ack",
     "CHANNEL ID [--not-understood] [--paraphrase TEXT] [--language CODE] [--wait "
     "SECONDS]",
     "say that a message was read, and understood or not", true, cmd_ack},
    {"hold", "CHANNEL ID --until TIME [--reason TEXT] [--language CODE] [--wait SECONDS]",
     "say until when a question will be answered", true, cmd_hold},
    {"cancel", "CHANNEL ID [--reason TEXT] [--language CODE] [--wait SECONDS]",
     "take back an own message", true, cmd_cancel},
    {"signal",
     "list [--language CODE] [--book DIGEST] | show NUMBER [--language CODE] "
     "[--book DIGEST] | send CHANNEL NUMBER [NAME=VALUE]… [--book DIGEST] [--re ID] "
     "[--line LINE] [--tlp MARK] [--to DESK]… [--wait SECONDS] [--key KEY]",
     "read the numbered signals of a codebook, and send one", false, cmd_signal},
    {"list", "[CHANNEL] [--kind KIND] [--since TIME] [--author DESK] [--language CODE]",
     "list messages in their joint order", true, cmd_list},
    {"show", "CHANNEL ID [--wait SECONDS] [--language CODE]", "show one message whole",
     true, cmd_show},
    {"receipt", "CHANNEL ID [--from DESK] -o FILE", "write a message's receipt to a file",
     true, cmd_receipt},
    {"duties", "[CHANNEL] [--all] [--at TIME]",
     "list who owes what until when; exit status 1 when something is overdue", true,
     cmd_duties},
    {"pledges", "[CHANNEL] [--all] [--language CODE] | --text NAME",
     "list the pledges in force, or print one that comes with Aldis", false, cmd_pledges},
    {"consultations", "[CHANNEL] [--all] [--language CODE]",
     "list consultations and their minutes", true, cmd_consultations},
    {"export", "CHANNEL OUT | CHANNEL --format stix|misp [-o FILE] [--report FILE]",
     "write the whole record of a channel as files, or its messages for other tools",
     true, cmd_export},
    {"release",
     "draft CHANNEL [--since TIME] [--until TIME] [--only ID]… [--withhold ID]… "
     "[--envelope ID]… [--attachment HASH]… [--cover FILE] | show CHANNEL FILE|ID | "
     "request CHANNEL FILE --text TEXT [--language TAG] | consent CHANNEL ID | "
     "refuse CHANNEL ID [--reason TEXT] [--language TAG] | "
     "build CHANNEL FILE|ID [--one-sided] [-o FILE]",
     "agree with the members on what is made public, and make the file that shows it",
     true, cmd_release},
    {"import",
     "FILE --channel CHANNEL [--language CODE] [--tlp MARK] [--report FILE] [--wait "
     "SECONDS] | FILE --dry-run [--language CODE] [--report FILE]",
     "send what a STIX bundle or events of MISP say", false, cmd_import},
    {"silence", "CHANNEL ID [--debtor DESK] -o FILE",
     "prove that a question was not answered in time", true, cmd_silence},
    {"statement",
     "CHANNEL [--from TIME] [--to TIME] [--send [--wait SECONDS]] | CHANNEL ID -o FILE",
     "state the record without its content, and prove who agreed", true, cmd_statement},
    {"evidence", "[N] -o FILE", "prove that a desk signed two histories", true,
     cmd_evidence},
    {"pouch",
     "out CHANNEL DESK [--part-size BYTES] [--accept] -o PREFIX | in FILE… [--accept] | "
     "show FILE",
     "carry messages by hand when there is no network", false, cmd_pouch},
    {"taxii",
     "RELEASE.html… [--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE] "
     "[--one-sided]",
     "serve what release files show as STIX, over TAXII 2.1", false, cmd_taxii},
    {"verify", "PATH [--trust CARD]… [--entry FILE]",
     "verify a receipt, an export, a proof, a release or a part of a pouch", false,
     cmd_verify},
    {"quote", "RELEASE.html TEXT|- [--language CODE] [--trust CARD]…",
     "compare the quotations in a text with what a release shows", false, cmd_quote},
    {"check", "", "re-derive every root of the store", true, cmd_check},
    {"backup", "FILE", "copy the store to a new file", true, cmd_backup},
    {"recover", "[--end CHANNEL]", "fetch from the members what the store has lost", true,
     cmd_recover},
    {"clock", "accept", "say that the clock is right after it jumped", true, cmd_clock},
    {"status", "", "show the desk, its peers, its channels", true, cmd_status},
    {"witness", "key [URL] | logs FILE",
     "print what a witness and a channel must know of each other", false, cmd_witness},
    {"draft", "list [--state STATE] | show ID | discard ID",
     "what the desk's people are writing in the console", true, cmd_draft},
    {"operator",
     "add NAME --roles ROLE[,ROLE]… [--full-name TEXT] | list | reset NAME | disable "
     "NAME | enable NAME | roles NAME ROLE[,ROLE]… | code FILE|-",
     "say who may log in to the console, and what for", false, cmd_operator},
    {"token", "add NAME --scopes SCOPE[,SCOPE]… [--until TIME] | list | revoke ID",
     "let programs in at the console's door", true, cmd_token},
    {"audit",
     "list [--who NAME] [--what WHAT] [--subject TEXT] [--search TEXT] [--since TIME] "
     "[--until TIME] [--limit N] | export [-o FILE] [--since TIME] [--until TIME] | "
     "verify [FILE [--head HASH]]",
     "read what the desk's people did, and check that none of it was changed", false,
     cmd_audit},
    {"demo", "[--once] [--dir DIR]",
     "three desks on this machine play an election season", false, cmd_demo},
    {"help", "[COMMAND | kinds | KIND] [--language TAG]", "explain", false, cmd_help},
    {"version", "", "print the version", false, cmd_version},
};

const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
