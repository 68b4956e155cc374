// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Catalogue } from '../../src/types';
import { compare, type Report } from '../../src/model/versions';

const catalogue = JSON.parse(readFileSync('../spec/kinds.json', 'utf8')) as Catalogue;
const reader = { lang: 'en', yes: 'Yes', no: 'No' };
const report = (kind: string, body: unknown): Report => ({ id: 'a#1', author: 'a', kind, sent: '', body });

function changes(reports: readonly Report[]): Record<string, string[]> {
  return Object.fromEntries(
    compare(catalogue, reports, reader).map((field) => [field.name, field.cells.map((cell) => cell.change)]),
  );
}

test('what an update leaves out stands as before', () => {
  assert.deepEqual(
    changes([
      report('incident', { title: 't', severity: 'low', stage: 'early' }),
      report('incident.update', { severity: 'high', summary: 's' }),
      report('incident.update', { severity: 'high' }),
    ]),
    {
      title: ['first', 'as-before', 'as-before'],
      severity: ['first', 'changed', 'same'],
      stage: ['first', 'as-before', 'as-before'],
      summary: ['absent', 'new', 'as-before'],
    },
  );
});

test('what a report that replaces another leaves out is gone, and can come again', () => {
  assert.deepEqual(
    changes([
      report('incident', { severity: 'low' }),
      report('incident', { title: 't' }),
      report('incident.update', { severity: 'low' }),
    ]).severity,
    ['first', 'gone', 'new'],
  );
});

test('fields of later reports stand in the order of the catalogue', () => {
  const fields = compare(
    catalogue,
    [report('incident', { language: 'en', summary: 's' }), report('incident', { language: 'en', title: 't', summary: 's' })],
    reader,
  );
  assert.deepEqual(
    fields.map((field) => field.name),
    ['language', 'title', 'summary'],
  );
  assert.deepEqual(
    fields.map((field) => field.isChanged),
    [false, true, false],
  );
});
