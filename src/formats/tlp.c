/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of marks.
 */
#include "formats/tlp.h"

#include <stdio.h>

#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

const struct formats_tlp formats_tlps[FORMATS_TLP_COUNT] = {
    {"CLEAR", "clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
     "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"},
    {"GREEN", "green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
     "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"},
    {"AMBER", "amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
     "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"},
    {"AMBER+STRICT", "amber+strict",
     "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
     "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"},
    {"RED", "red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
     "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
};

size_t formats_tlp_by_name(struct view name)
{
	size_t i = 0;

	while (i < FORMATS_TLP_COUNT && !view_equal_string(name, formats_tlps[i].name))
		i++;
	return i;
}

size_t formats_tlp_by_stix_id(struct view id)
{
	for (size_t i = 0; i < FORMATS_TLP_COUNT; i++) {
		const struct formats_tlp *tlp = &formats_tlps[i];

		if (view_equal_string(id, tlp->stix_id) ||
		    view_equal_string(id, tlp->old_id))
			return i;
	}
	return FORMATS_TLP_COUNT;
}

void formats_tlp_write_stix(size_t index, struct json_writer *writer)
{
	const struct formats_tlp *tlp = &formats_tlps[index];
	char name[32];

	snprintf(name, sizeof name, "TLP:%s", tlp->name);
	json_writer_object(writer, NULL);
	json_writer_string(writer, "type", "marking-definition");
	json_writer_string(writer, "spec_version", "2.1");
	json_writer_string(writer, "id", tlp->stix_id);
	json_writer_string(writer, "created", "2022-10-01T00:00:00.000Z");
	json_writer_string(writer, "name", name);
	json_writer_object(writer, "extensions");
	json_writer_object(writer, TLP_EXTENSION);
	json_writer_string(writer, "extension_type", "property-extension");
	json_writer_string(writer, "tlp_2_0", tlp->stix);
	json_writer_end(writer);
	json_writer_end(writer);
	json_writer_end(writer);
}
