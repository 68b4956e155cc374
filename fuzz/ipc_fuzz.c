/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoders of what the processes of a desk say to each other: the first byte is the
 * frame's type, the rest its fields. What decodes must encode to the same bytes.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "daemon/ipc_desk.h"
#include "daemon/ipc_signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_sign(struct ipc *again, struct view fields)
{
	struct signer_item *items = NULL;
	size_t cap = 0, count;

	if (ipc_sign_decode(fields, &items, &cap, &count, NULL) == STATUS_OK)
		ipc_sign_encode(again, items, count);
	free(items);
}

static void try_signed(struct ipc *again, struct view fields)
{
	struct signer_item items[3] = {0};

	for (size_t count = 0; count <= 3; count++)
		if (ipc_signed_decode(fields, items, count, NULL) == STATUS_OK)
			ipc_signed_encode(again, items, count);
}

static void try_guard(struct ipc *again, struct view fields)
{
	struct ipc_guard_question question;

	if (ipc_guard_decode(fields, &question, NULL) == STATUS_OK)
		ipc_guard_encode(again, &question);
}

static void try_guarded(struct ipc *again, struct view fields)
{
	struct signer_guard guard;

	if (ipc_guarded_decode(fields, &guard, NULL) == STATUS_OK)
		ipc_guarded_encode(again, &guard);
}

static void try_open_box(struct ipc *again, struct view fields)
{
	struct box_sealed_key sealed;

	if (ipc_open_box_decode(fields, &sealed, NULL) == STATUS_OK)
		ipc_open_box_encode(again, &sealed);
}

static void try_box_opened(struct ipc *again, struct view fields)
{
	struct box_key key;
	struct error why = {""};
	enum status status;

	if (ipc_box_opened_decode(fields, &status, &key, &why, NULL) == STATUS_OK)
		ipc_box_opened_encode(again, status, &key, &why);
}

static void try_request(struct ipc *again, struct view fields)
{
	struct desk_request request;

	if (ipc_request_decode(fields, &request, NULL) == STATUS_OK)
		ipc_request_encode(again, &request);
}

static void try_answer(struct ipc *again, struct view fields)
{
	struct desk_answer answer;

	if (ipc_answer_decode(fields, &answer, NULL) == STATUS_OK)
		ipc_answer_encode(again, &answer);
}

static void try_reply(struct ipc *again, struct view fields)
{
	struct desk_reply reply;

	if (ipc_reply_decode(fields, &reply, NULL) == STATUS_OK)
		ipc_reply_encode(again, &reply);
}

static void try_call(struct ipc *again, struct view fields)
{
	struct desk_call call;
	struct desk_mail mail;

	if (ipc_call_decode(fields, &call, &mail, NULL) == STATUS_OK)
		ipc_call_encode(again, &call);
}

static void try_peers(struct ipc *again, struct view fields)
{
	CLEANUP_FREE struct link_peer *peers = NULL;
	size_t count;

	if (ipc_peers_decode(fields, &peers, &count, NULL) == STATUS_OK)
		ipc_peers_encode(again, peers, count);
}

static void try_event(struct ipc *again, struct view fields)
{
	struct view json;

	if (ipc_event_decode(fields, &json, NULL) == STATUS_OK)
		ipc_event_encode(again, json);
}

static void try_figures(struct ipc *again, struct view fields)
{
	struct figures_front figures;

	if (ipc_figures_decode(fields, &figures, NULL) == STATUS_OK)
		ipc_figures_encode(again, &figures);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const tries[])(struct ipc * again, struct view fields) = {
	    [IPC_REQUEST] = try_request,   [IPC_ANSWER] = try_answer,
	    [IPC_REPLY] = try_reply,       [IPC_CALL] = try_call,
	    [IPC_PEERS] = try_peers,       [IPC_EVENT] = try_event,
	    [IPC_SIGN] = try_sign,         [IPC_SIGNED] = try_signed,
	    [IPC_GUARD] = try_guard,       [IPC_GUARDED] = try_guarded,
	    [IPC_OPEN_BOX] = try_open_box, [IPC_BOX_OPENED] = try_box_opened,
	    [IPC_FIGURES] = try_figures,
	};
	struct ipc again;

	if (len == 0 || data[0] >= sizeof tries / sizeof *tries || tries[data[0]] == NULL)
		return 0;
	ipc_init(&again, -1);
	tries[data[0]](&again, view_of(data + 1, len - 1));
	if (again.out.len > 0)
		assert(
		    view_equal(view_from(buf_view(&again.out), 4), view_of(data, len)));
	ipc_release(&again);
	return 0;
}
