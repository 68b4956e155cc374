// SPDX-License-Identifier: Apache-2.0
/** Joins class names; false and undefined are left out. */
export const cx = (...names: (string | false | undefined | null)[]) => names.filter(Boolean).join(' ');
