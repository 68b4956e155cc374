// SPDX-License-Identifier: Apache-2.0
// A QR code drawn as one SVG path: black on white in both themes, since cameras want it so.
import { encode } from 'uqr';

export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect class="light" width={size} height={size} />
      <path class="dark" d={path} />
    </svg>
  );
}
