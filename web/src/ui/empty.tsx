// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

/** Says that there is nothing, and what that means. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
