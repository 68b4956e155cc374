// SPDX-License-Identifier: Apache-2.0
// Pouches: messages carried by hand when there is no line. What waits for whom, writing one, taking one in.
import type { PageProps } from '../../router';
import { AllPage } from './all';
import { OutPage } from './out';
import './pouch.css';

export default function PouchPage({ params }: PageProps) {
  const { channel, desk } = params;
  return channel === undefined || desk === undefined ? <AllPage /> : <OutPage key={`${channel} ${desk}`} channel={channel} desk={desk} />;
}
