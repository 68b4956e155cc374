/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenes, as data: what is typed and by whom. North speaks English, south Indonesian,
 * and each desk's acts are told in its language. Real time limits are days; the one that
 * is missed here takes seconds, so that nobody has to wait.
 */
#include "cli/demo_scenes.h"

/* Lines of what somebody said, as `show` prints them. */
#define TEXT "      "
#define CARDS "--trust north/card.note --trust south/card.note --trust vendor/card.note"

static const struct demo_step desks[] = {
    {
        .command = "aldis init north --name north.example --listen $north_at --console "
                   "$north_console --language en",
        .only = "fingerprint  ",
        .unless = "north/desk.conf",
    },
    {
        .command = "aldis init south --name south.example --listen $south_at --console "
                   "$south_console --language id",
        .only = "fingerprint  ",
        .unless = "south/desk.conf",
    },
    {
        .command =
            "aldis init vendor --name vendor.example --listen $vendor_at --console "
            "$vendor_console",
        .only = "fingerprint  ",
        .unless = "vendor/desk.conf",
    },
    {.command = "aldisd north &"},
    {.command = "aldisd south &"},
    {.command = "aldisd vendor &"},
    {
        .say =
            "They exchange cards and read the digits to each other over the telephone.",
        .command = "aldis -d north trust south/card.note --compared",
        .is_quiet = true,
    },
    {
        .say = "Selatan juga mencocokkan angkanya.",
        .command = "aldis -d south trust north/card.note --compared",
        .is_quiet = true,
    },
};

static const struct demo_step charter[] = {
    {
        .command = "cat > rules.json",
        .input =
            "{\"duties\":[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"},\n"
            "  {\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT4H\"},\n"
            "  {\"on\":\"consultation.request\",\"owe\":[\"consultation.accept\","
            "\"consultation.decline\"],\"within\":\"PT5S\"}],\n"
            " \"limits\":{\"skew\":\"PT2S\",\"body\":262144,\"attachment\":8388608,"
            "\"attachments\":64,\"quota\":1073741824}}",
        .unless = "charter.note",
    },
    {
        .command = "aldis -d north charter draft --member south/card.note --member "
                   "vendor/card.note --template ./rules.json --title Elections "
                   "> charter.draft",
        .unless = "charter.note",
        .is_quiet = true,
    },
    {
        .command = "aldis -d north charter sign charter.draft > charter.1",
        .unless = "charter.note",
        .is_quiet = true,
    },
    {
        .command = "aldis -d south charter sign charter.1 > charter.2",
        .unless = "charter.note",
        .is_quiet = true,
    },
    {
        .command = "aldis -d vendor charter sign charter.2 > charter.note",
        .unless = "charter.note",
        .is_quiet = true,
    },
    {.command = "aldis -d north charter join charter.note", .is_quiet = true},
    {.command = "aldis -d south charter join charter.note", .is_quiet = true},
    {.command = "aldis -d vendor charter join charter.note"},
};

static const struct demo_step check[] = {
    {
        .command = "aldis -d north list Elections --kind check --author south.example",
        .until = "south.example#",
        .only = "  ",
    },
    {
        .say = "A signal has a meaning fixed in advance, in each reader's language.",
        .command = "aldis -d north signal send Elections 701 country=XN from=$tomorrow "
                   "until=$week --wait 60",
        .keep = "election",
    },
    {
        .say = "Selatan membacanya dalam bahasanya sendiri.",
        .command = "aldis -d south show Elections $election --wait 60",
        .only = TEXT,
    },
};

static const struct demo_step pledge[] = {
    {.command = "aldis pledges --text non-interference > pledge.json"},
    {
        .command = "aldis -d north send Elections pledge.offer --to south.example --body "
                   "pledge.json --wait 60",
        .keep = "offer",
    },
    {
        .say = "Selatan membaca tawaran itu dan menerimanya.",
        .command = "aldis -d south pledges Elections --all --language id",
        .until = "$offer",
        .only = "  south.example|      ",
        .lines = 2,
        .is_cut = true,
    },
    {
        .command = "aldis -d south send Elections pledge.accept --re $offer --wait 60",
        .is_quiet = true,
    },
    {
        .say = "The registers of both sides say that it is in force.",
        .command = "aldis -d north pledges Elections",
        .until = "in force since",
        .only = "  south.example|  original|      ",
        .lines = 3,
        .is_cut = true,
    },
};

static const struct demo_step warning[] = {
    {
        .command = "printf '203.0.113.17\\n203.0.113.44\\n' > addresses.txt",
    },
    {
        .command = "aldis -d vendor send Elections incident --tlp AMBER --attach "
                   "addresses.txt --body - --wait 60",
        .input = "{\"language\":\"en\",\"title\":\"Voters' register under attack\","
                 "\"detected\":\"$ago\",\n"
                 " \"summary\":\"From 203.0.113.0/24 someone tries stolen passwords.\"}",
        .keep = "incident",
    },
    {
        .say = "Petugas jaga di selatan membacanya, dan menyatakan apa yang dipahaminya.",
        .command = "aldis -d south show Elections $incident --wait 60",
        .only = "  title|  summary",
    },
    {
        .command =
            "aldis -d south ack Elections $incident --paraphrase 'Kata sandi curian "
            "dicoba dari 203.0.113.0/24.' --wait 60",
        .is_quiet = true,
    },
    {
        .say = "The vendor sees it: stored there is one thing, understood another.",
        .command = "aldis -d vendor show Elections $incident",
        .until = "south.example: understood",
        .only = "north.example|south.example",
    },
    {
        .command = "aldis -d north ack Elections $incident --wait 60",
        .is_quiet = true,
    },
};

static const struct demo_step query[] = {
    {
        .command = "aldis -d north signal send Elections 401 prefix=203.0.113.0/24 "
                   "since=$ago --to south.example --re $incident --wait 60",
        .keep = "query",
    },
    {
        .say = "Selatan membaca pertanyaan itu, dan menyangkal.",
        .command = "aldis -d south show Elections $query --wait 60",
        .only = TEXT,
    },
    {
        .command = "aldis -d south send Elections answer --re $query --body - --wait 60",
        .input = "{\"answer\":\"no\",\"language\":\"id\","
                 "\"text\":\"Bukan milik kami; alamat itu disewakan.\"}",
        .keep = "answer",
    },
    {
        .command = "aldis -d south signal send Elections 501 message=$query --re $query "
                   "--wait 60",
        .keep = "denial",
    },
    {
        .say = "North reads the denial in English.",
        .command = "aldis -d north show Elections $denial --wait 60",
        .only = TEXT,
    },
};

static const struct demo_step consultation[] = {
    {
        .command =
            "aldis -d north send Elections consultation.request --to south.example "
            "--re $answer --body - --wait 60",
        .input = "{\"language\":\"en\",\"subject\":\"The leased addresses\","
                 "\"dates\":[\"$soon\"]}",
        .keep = "request",
    },
    {
        .say = "Selatan tahu sampai kapan harus menjawab, tetapi diam.",
        .command = "aldis -d south duties Elections",
        .until = "question $request (consultation.request), receipt",
        .exit_status = ANY_EXIT,
        .only = "  running|  overdue|            ",
    },
};

static const struct demo_step silence[] = {
    {
        .say = "The time is over.",
        .command = "aldis -d north show Elections $request",
        .until = "south.example: overdue",
        .only = "south.example",
    },
    {
        .command = "aldis -d north duties Elections",
        .until = "overdue for",
        .exit_status = 1,
        .only = "  overdue",
    },
    {
        .say = "Is the line dead? South's officer answers a call.",
        .command =
            "aldis -d north signal send Elections 101 --to south.example --wait 60",
        .keep = "call",
    },
    {
        .command = "aldis -d south signal send Elections 102 --re $call --wait 60",
        .is_quiet = true,
    },
    {
        .say =
            "The line works, the question stays open. North has that in writing, and a "
            "stranger\n# checks it, with nothing but the cards in an empty folder.",
        .command = "aldis -d north silence Elections $request -o silence.proof",
        .until = "",
        .is_quiet = true,
    },
    {.command = "mkdir stranger"},
    {
        .command = "cp --parents silence.proof north/card.note south/card.note "
                   "vendor/card.note stranger",
    },
    {.command = "cd stranger"},
    {
        .command = "aldis verify silence.proof " CARDS,
        .only = "VERIFIED|  south.example held|  south.example talks|  not shown",
    },
    {.command = "cd .."},
};

static const struct demo_step statement[] = {
    {
        .command = "aldis -d north statement Elections --send --wait 60",
        .keep = "statement",
    },
    {
        .say = "Selatan dan vendor memegang catatan yang sama.",
        .command = "aldis -d south show Elections $statement --wait 60",
        .only = "  entries",
    },
    {
        .command = "aldis -d south send Elections record.agree --re $statement --wait 60",
        .is_quiet = true,
    },
    {
        .command =
            "aldis -d vendor send Elections record.agree --re $statement --wait 60",
        .is_quiet = true,
    },
    {
        .command = "aldis -d north statement Elections $statement -o statement.proof",
        .is_quiet = true,
    },
    {
        .command = "aldis verify statement.proof " CARDS,
        .only = "VERIFIED|  north.example states|  south.example agrees|  vendor.example "
                "agrees",
    },
};

static const struct demo_step remains[] = {
    {
        .say = "Receipts, both ways; the whole record, on every desk.",
        .command = "aldis -d vendor receipt Elections $incident --from south.example -o "
                   "incident.tlog-proof",
    },
    {
        .command = "aldis verify incident.tlog-proof " CARDS,
        .only = "VERIFIED",
    },
    {
        .command = "aldis -d south receipt Elections $answer --from north.example -o "
                   "answer.tlog-proof",
    },
    {
        .command = "aldis verify answer.tlog-proof " CARDS,
        .only = "VERIFIED",
    },
    {.command = "aldis -d north export Elections export-north", .is_quiet = true},
    {.command = "aldis verify export-north " CARDS, .only = "VERIFIED"},
    {.command = "aldis -d south export Elections export-south", .is_quiet = true},
    {.command = "aldis verify export-south " CARDS, .only = "VERIFIED"},
};

#define SCENE(name, words)                                \
	{                                                 \
		words, name, sizeof name / sizeof name[0] \
	}

const struct demo_scene demo_scenes[] = {
    SCENE(desks, "1. Three parties set up a desk each: two contact points and a vendor"),
    SCENE(charter, "2. They agree who owes what until when, and sign it"),
    SCENE(check, "3. The line is alive: every desk writes a check by itself, each hour"),
    SCENE(pledge,
          "4. North offers a pledge; its text comes with Aldis, in seven languages"),
    SCENE(warning, "5. The vendor of the voters' register warns both"),
    SCENE(query, "6. North asks south: is this yours?"),
    SCENE(
        consultation,
        "7. North asks for consultations; here south has five seconds to say yes or no"),
    SCENE(silence, "8. Silence"),
    SCENE(statement, "9. North states the record without its content; the others agree"),
    SCENE(remains, "10. What remains are files that anyone can check"),
};

const size_t demo_scene_count = sizeof demo_scenes / sizeof demo_scenes[0];
