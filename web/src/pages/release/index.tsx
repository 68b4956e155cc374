// SPDX-License-Identifier: Apache-2.0
// Releases of a channel: what was asked for, drafting another one, and one with its answers.
import type { PageProps } from '../../router';
import { DraftPage } from './draft';
import { ListPage } from './list';
import { OnePage } from './one';
import './release.css';

export default function ReleasePage({ params }: PageProps) {
  const channel = params.channel ?? '';
  if (params.desk !== undefined) return <OnePage channel={channel} id={`${params.desk}#${params.index}`} />;
  return params.what === undefined ? <ListPage channel={channel} /> : <DraftPage channel={channel} />;
}
