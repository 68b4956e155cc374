/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share: the API object, one request on its way through,
 * and the answers. A handler either answers the request, or makes it wait, or returns a
 * failure, which api.c turns into a problem document.
 */
#ifndef ALDIS_CONSOLE_API_CALL_H
#define ALDIS_CONSOLE_API_CALL_H

#include "console/api.h"
#include "console/access.h"
#include "codec/json_writer.h"
#include "console/accounts/passwords.h"
#include "console/reading/register.h"
#include "console/work/submission.h"
#include "console/target.h"
#include "console/reading/titles.h"
#include "console/reading/verify.h"
#include "console/waiting.h"
#include "office/office.h"

enum { API_ANSWER_MAX = 64 * 1024 * 1024 };

enum { AUDIT_CHECKS_MAX = 8, API_FIELDS_MAX = 255 };

/* The audit's chain being followed, for one or several requests. */
struct audit_check {
	uint64_t requests[AUDIT_CHECKS_MAX];
	size_t count; /* 0: none runs */
	struct audit_chain chain;
};

struct api {
	struct desk *desk;
	struct office *office; /* owned */
	struct api_host host;
	struct submission_list submissions; /* scratch, reused */
	struct title_cache titles;
	struct json_doc doc; /* scratch */
	struct buf fields;   /* of the problem that is being answered */
	struct waiting_list waiting;
	struct register_list registers;
	struct password_list passwords;
	struct audit_check audit_check;
	struct verify_list verifies;
	struct aside_list aside;
};

/* What a problem document says beside the sentence; all-zero: nothing. */
struct api_problem {
	size_t line;            /* of a batch, from 1; 0: none */
	const char *code;       /* a word for programs, "approval-required"; or NULL */
	struct view fields;     /* a JSON array of {"field","why"}; or empty. Borrowed */
	int http_status;        /* 0: as the status of the failure says */
	unsigned retry_after_s; /* 0: no header */
};

struct api_call {
	struct api *api;
	struct desk *desk;
	const struct desk_request *request;
	struct target target;
	int64_t now_ms;
	struct office_principal who;
	bool has_session; /* who has logged in; then also: */
	struct hash session;
	int64_t session_created_s;
	bool must_change;                /* the password, before anything else */
	const char *login_why;           /* why nobody is logged in */
	struct api_problem problem;      /* set by a handler that fails */
	char fields[API_FIELDS_MAX + 1]; /* room for the problem's */
	bool is_refused; /* for lack of rights; the audit has it as such */
	char subject[AUDIT_SUBJECT_MAX + 1]; /* of the audit's row, for endpoints whose
	                                        act stands in the table */
};

typedef enum status api_handler(struct api_call *call, struct error *err);

/* Sends the finished JSON; LIMIT or NO_MEMORY when the buffer failed. */
MUST_USE enum status api_reply_json(struct desk *desk, uint64_t request, int http_status,
                                    const struct buf *json, struct error *err);
/* Sends an RFC 9457 problem document. */
void api_reply_problem(struct desk *desk, uint64_t request, enum status status,
                       const struct api_problem *problem, const struct error *err);

/* The channel that the third part of the path names. */
MUST_USE enum status api_call_channel(struct api_call *call, size_t *ret_channel,
                                      struct error *err);
/* The message that the fifth and sixth part name, "north.example/12". */
MUST_USE enum status api_call_message(struct api_call *call,
                                      struct record_message_id *ret_id,
                                      struct error *err);
/* ?wait=SECONDS, at most 300, as the time until which to wait; 0 without it. */
MUST_USE enum status api_call_wait(struct api_call *call, int64_t *ret_until_ms,
                                   struct error *err);
const char *api_own_name(const struct api *api);

/* reading/state.c */
api_handler api_get_status, api_get_card, api_get_cards, api_get_channels,
    api_get_charters, api_get_evidence;
/* release/papers.c */
api_handler api_get_papers;
/* release/releases.c */
api_handler api_get_releases, api_get_release, api_get_release_file,
    api_get_draft_release, api_post_release_draft, api_post_release,
    api_post_release_answer;
/* metrics/metrics.c */
api_handler api_get_metrics;
/* metrics/health.c */
api_handler api_get_healthy, api_get_ready;
/* reading/channel.c */
api_handler api_get_channel, api_get_rosters;
/* reading/incidents.c */
api_handler api_get_incidents, api_get_incident;
/* reading/books.c */
api_handler api_get_kinds, api_get_codebook, api_get_pledge_texts;
/* work/trust.c */
api_handler api_post_cards, api_post_channels, api_post_key_change;
/* work/submit.c */
api_handler api_post_messages, api_post_attachments;
/* reading/messages.c */
api_handler api_get_messages, api_get_message;
/* work/opened.c */
api_handler api_post_opened;
/* work/drafts.c */
api_handler api_get_drafts, api_get_draft, api_post_draft_check, api_post_drafts,
    api_post_draft, api_post_draft_file, api_post_draft_file_remove,
    api_post_draft_submit, api_post_draft_approve, api_post_draft_return,
    api_post_draft_discard;
/* work/now.c */
api_handler api_get_now;
/* work/alarms.c */
api_handler api_get_alarms, api_post_alarm_take, api_post_alarm_mute,
    api_post_alarm_unmute;
/* work/handovers.c */
api_handler api_get_notes, api_post_notes, api_get_handovers, api_get_handover,
    api_post_handovers, api_post_handover_accept, api_post_handover_withdraw;
/* reading/duties.c */
api_handler api_get_duties;
/* reading/proposals.c */
api_handler api_get_pledges, api_get_all_pledges, api_get_consultations;
/* reading/files.c */
api_handler api_get_receipt, api_get_blob, api_get_blob_content, api_get_log_end,
    api_get_read_path;
/* reading/proofs.c */
api_handler api_get_silence, api_get_statement_proof, api_get_evidence_proof;
/* reading/statement.c */
api_handler api_get_statement;
/* accounts/session.c */
api_handler api_get_session, api_post_session, api_post_session_end,
    api_post_session_password;
/* accounts/operators.c */
api_handler api_get_operators, api_post_operators, api_post_operator,
    api_post_operator_reset;
/* accounts/tokens.c */
api_handler api_get_tokens, api_post_tokens, api_post_token_revoke;
/* accounts/audit.c */
api_handler api_get_audit, api_get_audit_export, api_post_audit_verify;
/* Within each turn: a slice, and the answer when it is through. */
void audit_check_step(struct api *api);
void audit_check_release(struct audit_check *check);
/* reading/verify.c */
api_handler api_post_check, api_get_verify, api_post_verify;
/* reading/record.c */
api_handler api_get_record;
/* work/alerts.c */
api_handler api_get_alerts, api_post_alerts, api_post_alerts_test;
/* work/pouches.c */
api_handler api_post_pouch, api_get_pouches, api_post_pouch_part, api_post_accept;
/* work/upkeep.c */
api_handler api_post_backup, api_post_recover, api_post_clock, api_get_events;

#endif
